"""Which host names belong together."""

import pytest

from mail.hostnames import domain_of, one_owner, same_domain


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("mx1.mail.shop.example", "shop.example"),
        ("MX.Shop.co.uk.", "shop.co.uk"),
        ("mail.ann.eu.org", "ann.eu.org"),
        ("mail.ann.fr.eu.org", "ann.fr.eu.org"),
        ("ann.uk.com", "ann.uk.com"),
        ("uk.com", "uk.com"),
        ("mx", ""),
        ("192.0.2.17", ""),
    ],
)
def test_it_knows_the_registered_domain(name: str, domain: str) -> None:
    assert domain_of(name) == domain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mx.shop.example", "mx2.shop.example"),
        ("shop.example", "mx2.shop.example"),
        ("mx.shop.example", "store.mail.shop.example"),
        ("mx.shop.co.uk", "mx2.shop.co.uk"),
        ("mx.ann.eu.org", "store.ann.eu.org"),
    ],
)
def test_hosts_directly_in_one_domain_have_one_owner(one: str, other: str) -> None:
    assert one_owner(one, other) and one_owner(other, one)


# Each has an honest PTR record and an address that fits: only the place where it was registered tells the two apart.
STRANGERS = [
    ("mx.ann.eu.org", "mail.evil.eu.org"),
    ("ann.eu.org", "mail-evil.eu.org"),
    ("ann.fr.eu.org", "mail-evil.fr.eu.org"),
    ("mx.ann.uk.com", "mail.evil.uk.com"),
    ("mx.good.k12.ca.us", "mail.evil.k12.ca.us"),
    ("good.k12.ca.us", "mail-evil.k12.ca.us"),
    ("mx.good.austin.tx.us", "mail.evil.austin.tx.us"),
    ("mx-good.westeurope.cloudapp.azure.com", "mail-evil.westeurope.cloudapp.azure.com"),
    ("mx.good.registry-that-nobody-knows.example", "mail.evil.registry-that-nobody-knows.example"),
    ("ann.dyndns.org", "mail-evil.dyndns.org"),
    ("ann.ltd.uk", "mail-evil.ltd.uk"),
    ("good.county.sch.uk", "mail-evil.county.sch.uk"),
    ("good.chiyoda.tokyo.jp", "mail-evil.chiyoda.tokyo.jp"),
    ("ann.dyndns-of-somebody.example", "mail-evil.dyndns-of-somebody.example"),
    ("good.example", "mail-evil.example"),
    ("mx", "mx"),
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_neighbours_in_a_registry_do_not(one: str, other: str) -> None:
    assert not one_owner(one, other) and not one_owner(other, one)


def test_what_lies_in_the_domain_of_a_registry_is_not_one_domain() -> None:
    assert not same_domain("mx.ann.eu.org", "mail.evil.eu.org")
    assert same_domain("mx.ann.eu.org", "store.ann.eu.org")
