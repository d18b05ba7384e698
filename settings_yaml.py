"""The file itself: YAML without its surprises, and in which line a key stands."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from settings_values import ConfigurationError

LARGEST_FILE = 1_000_000


def read(path: Path) -> tuple[dict[str, Any], yaml.Node]:
    """The settings as they are written, and the nodes that know their lines.

    Raises ConfigurationError, one line with file and line: no file, no UTF-8, no YAML, a key that stands twice.
    """
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=_Loader)
        loader = _Loader("")
        tree = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(
            f"{path}, line {line}: {', '.join(filter(None, (error.context, error.problem)))}"
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigurationError(f"{path}, line {line}: holds a character that is not allowed") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path}: is nested too deeply") from error
    if node is None or not isinstance(tree, dict):
        raise ConfigurationError(f"{path}: holds no settings; at least networks must be set")
    return tree, node


def line_of(node: yaml.Node, names: Sequence[str]) -> int | None:
    """The line (the first is 1) of the deepest of these keys and list positions that stands in the file."""
    line = None
    for name in names:
        below: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == name:
                    line, below = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
            below = node.value[int(name)]
            line = below.start_mark.line + 1
        if below is None:
            break
        node = below
    return line


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; name another with --config") from error
    if len(data) > LARGEST_FILE:
        raise ConfigurationError(f"{path}: is larger than {LARGEST_FILE} octets")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}, line {line}: is not UTF-8") from error


class _Loader(yaml.SafeLoader):
    """Keys once only; no aliases; and 07:00 is no number (YAML 1.1 counts it in base 60), nor is 025 twenty-one."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse an alias: nothing here needs one, and a few of them can stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias cannot stand here", problem_mark=mark)
        return super().compose_node(parent, index)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key is one word", problem_mark=key.start_mark)
        if key.value in found:
            raise yaml.MarkedYAMLError(problem=f"{key.value}: stands twice", problem_mark=key.start_mark)
        found[key.value] = loader.construct_object(value, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})$") if tag == "tag:yaml.org,2002:int" else pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
