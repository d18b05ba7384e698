"""The control of a relay test: a recipient whom the server has to take, if it takes mail from us at all."""

from probes.facts import target_facts
from probes.forms import control_recipient


def test_the_control_is_the_postmaster_of_a_domain_that_the_server_is_known_to_serve() -> None:
    facts = target_facts("192.0.2.17", ["mx.example.edu"], ["example.edu"])
    assert control_recipient(facts) == "postmaster@example.edu"


def test_the_control_is_the_postmaster_of_the_host_where_no_domain_is_known() -> None:
    assert control_recipient(target_facts("192.0.2.17", ["mx.example.edu"])) == "postmaster@mx.example.edu"


def test_the_control_is_the_postmaster_of_wherever_we_are_where_nothing_is_known() -> None:
    assert control_recipient(target_facts("192.0.2.17")) == "postmaster"
