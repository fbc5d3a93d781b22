"""The management port, called over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from tests.splunkd import Rest, Splunkd

PASSWORDS = "/servicesNS/nobody/throwaway/storage/passwords"
LOOKUPS = "/servicesNS/nobody/throwaway/data/lookup-table-files"
NOTIFY = "/services/replication/configuration/lookup-update-notify"
ATOM, S = "{http://www.w3.org/2005/Atom}", "{http://dev.splunk.com/ns/rest}"


def call(
    rest: Rest, method: str, path: str, form: dict[str, str] | None = None, as_json: bool = True, key: str | None = None
) -> tuple[int, bytes]:
    url = rest.uri + path + ("?output_mode=json" if as_json else "")
    body = urlencode(form or {}).encode() if method == "POST" else None
    request = urllib.request.Request(url, body, {"Authorization": f"Splunk {key or rest.session_key}"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def contents(body: bytes) -> Any:
    return [entry["content"] for entry in json.loads(body)["entry"]]


@pytest.fixture
def splunkd(tmp_path: Path) -> Splunkd:
    splunkd = Splunkd(tmp_path / "splunk")
    (splunkd.home / "etc/apps/throwaway/default").mkdir(parents=True)
    (splunkd.home / "etc/apps/throwaway/lookups").mkdir()
    return splunkd


@pytest.fixture
def rest(splunkd: Splunkd) -> Iterator[Rest]:
    with splunkd.rest() as rest:
        yield rest


def test_a_call_without_the_session_key_is_refused(rest: Rest) -> None:
    status, body = call(rest, "GET", "/services/server/info", key="wrong")
    assert (status, json.loads(body)["messages"][0]["type"]) == (401, "ERROR")


@pytest.mark.parametrize(
    "role, has, has_not",
    [
        ("none", "search_head", "shc_member"),
        ("member", "shc_member", "shc_captain"),
        ("captain", "shc_captain", "none"),
        ("cloud", "search_head", "shc_member"),
    ],
)
def test_server_info_tells_the_part_that_the_server_plays(splunkd: Splunkd, role: str, has: str, has_not: str) -> None:
    with splunkd.rest(role) as rest:
        info = contents(call(rest, "GET", "/services/server/info")[1])[0]
        captain_status = call(rest, "GET", "/services/shcluster/captain/info")[0]
    assert has in info["server_roles"] and has_not not in info["server_roles"]
    assert info.get("instance_type") == ("cloud" if role == "cloud" else None)
    assert captain_status == (200 if role in ("member", "captain") else 503)


def test_server_info_is_an_atom_feed_unless_json_is_asked_for(rest: Rest) -> None:
    status, body = call(rest, "GET", "/services/server/info", as_json=False)
    roles = ElementTree.fromstring(body).findall(
        f"{ATOM}entry/{ATOM}content/{S}dict/{S}key[@name='server_roles']/{S}list/{S}item"
    )
    assert status == 200 and "search_head" in [role.text for role in roles]


def test_a_password_is_created_read_changed_and_deleted(rest: Rest) -> None:
    assert call(rest, "GET", f"{PASSWORDS}/ta%3Aname%3A")[0] == 404
    assert call(rest, "POST", PASSWORDS, {"name": "name", "realm": "ta", "password": "one"})[0] == 201
    assert call(rest, "POST", PASSWORDS, {"name": "name", "realm": "ta", "password": "two"})[0] == 409
    assert call(rest, "POST", f"{PASSWORDS}/ta%3Aname%3A", {"password": "two", "name": "name"})[0] == 400
    assert call(rest, "POST", f"{PASSWORDS}/ta%3Aname%3A", {"password": "three"})[0] == 200
    status, body = call(rest, "GET", f"{PASSWORDS}/ta%3Aname%3A")
    assert (status, json.loads(body)["entry"][0]["name"]) == (200, "ta:name:")
    assert [contents(body)[0][key] for key in ("realm", "username", "clear_password")] == ["ta", "name", "three"]
    assert call(rest, "DELETE", f"{PASSWORDS}/ta:name:")[0] == 200
    assert rest.passwords == {}


def test_thirty_passwords_are_listed_unless_all_are_asked_for(rest: Rest) -> None:
    rest.passwords.update({("realm", f"name{number}"): "secret" for number in range(40)})
    assert len(contents(call(rest, "GET", PASSWORDS)[1])) == 30
    for count in ("0", "-1"):
        _, body = call(rest, "GET", f"{PASSWORDS}?count={count}&output_mode=json&x=", as_json=False)
        assert len(contents(body)) == 40


def test_a_staged_lookup_is_moved_into_place(splunkd: Splunkd, rest: Rest) -> None:
    staged = splunkd.home / "var/run/splunk/lookup_tmp/x.csv"
    lookup = splunkd.home / "etc/apps/throwaway/lookups/x.csv"
    for path, form, text, status, now in [
        (f"{LOOKUPS}/x.csv", {}, "a\n1\n", 404, None),
        (LOOKUPS, {"name": "x.csv"}, "a\n1\n", 201, "a\n1\n"),
        (LOOKUPS, {"name": "x.csv"}, "a\n2\n", 409, "a\n1\n"),
        (f"{LOOKUPS}/x.csv", {}, "a\n3\n", 200, "a\n3\n"),
        (f"{LOOKUPS}/x.csv", {}, "", 400, "a\n3\n"),
    ]:
        staged.write_text(text, encoding="utf-8")
        assert call(rest, "POST", path, {**form, "eai:data": str(staged)})[0] == status
        assert staged.exists() is (status >= 400)
        assert (lookup.read_text(encoding="utf-8") if lookup.exists() else None) == now
    listed = json.loads(call(rest, "GET", LOOKUPS)[1])["entry"]
    assert [(entry["name"], entry["content"]["eai:data"]) for entry in listed] == [("x.csv", str(lookup))]


def test_a_file_outside_the_staging_area_is_not_taken(splunkd: Splunkd, rest: Rest, tmp_path: Path) -> None:
    outside = tmp_path / "x.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    sneaky = splunkd.home / "var/run/splunk/lookup_tmp/../../../../../x.csv"
    for data in (outside, sneaky):
        assert call(rest, "POST", LOOKUPS, {"name": "x.csv", "eai:data": str(data)})[0] == 400
    assert outside.exists()


@pytest.mark.parametrize("role, status", [("none", 400), ("cloud", 400), ("member", 200), ("captain", 200)])
def test_a_lookup_update_is_noticed_only_in_a_cluster(splunkd: Splunkd, role: str, status: int) -> None:
    (splunkd.home / "etc/apps/throwaway/lookups/x.csv").write_text("a\n", encoding="utf-8")
    with splunkd.rest(role) as rest:
        got, body = call(rest, "POST", NOTIFY, {"app": "throwaway", "filename": "x.csv", "user": "nobody"})
    assert got == status
    assert status == 200 or json.loads(body)["messages"][0]["text"] == "No local ConfRepo registered"


def test_the_stanzas_of_an_input_are_listed_with_the_schemes_defaults(splunkd: Splunkd, rest: Rest) -> None:
    conf = "[counter]\ninterval = 60\ndisabled = 1\n[counter://one]\n[counter://two]\ndisabled = 0\n[other://x]\n"
    (splunkd.home / "etc/apps/throwaway/default/inputs.conf").write_text(conf, encoding="utf-8")
    entries = json.loads(call(rest, "GET", "/servicesNS/nobody/throwaway/data/inputs/counter")[1])["entry"]
    assert [(entry["name"], entry["content"]) for entry in entries] == [
        ("one", {"interval": "60", "disabled": "1"}),
        ("two", {"interval": "60", "disabled": "0"}),
    ]
    assert call(rest, "GET", "/servicesNS/nobody/throwaway/data/inputs/counter/three")[0] == 404


def test_a_conf_file_is_read_merged_and_written_to_local(splunkd: Splunkd, rest: Rest) -> None:
    app, path = splunkd.home / "etc/apps/throwaway", "/servicesNS/nobody/throwaway/configs/conf-own"
    (app / "default/own.conf").write_text("[a]\nx = 1\ny =\n[b]\nz = 2\n", encoding="utf-8")
    assert call(rest, "POST", f"{path}/a", {"x": "one\n[c]"})[0] == 200
    assert call(rest, "POST", path, {"name": "d", "k": "v"})[0] == 201
    assert (app / "local/own.conf").read_text(encoding="utf-8") == "[a]\nx = one [c]\n\n[d]\nk = v\n"
    entries = json.loads(call(rest, "GET", path)[1])["entry"]
    assert [entry["name"] for entry in entries] == ["a", "b", "d"]
    assert entries[0]["content"] == {
        "disabled": False,
        "eai:appName": "throwaway",
        "eai:userName": "nobody",
        "x": "one [c]",
        "y": "",
    }
    for method, target, form, status in (
        ("GET", f"{path}/none", {}, 404),
        ("POST", f"{path}/none", {"x": "1"}, 404),
        ("POST", path, {"name": "a"}, 409),
        ("POST", path, {"x": "1"}, 400),
        ("GET", f"{path}x", {}, 404),
    ):
        assert call(rest, method, target, form)[0] == status


def test_what_a_test_wants_refused_is_refused_and_nothing_else(rest: Rest) -> None:
    rest.refuses["storage/passwords"] = 403
    assert call(rest, "GET", PASSWORDS)[0] == 403
    assert call(rest, "GET", "/services/server/info")[0] == 200


def test_calls_are_kept_for_the_test_to_see(rest: Rest) -> None:
    call(rest, "POST", PASSWORDS, {"name": "n", "password": "p"})
    request = rest.requests[0]
    assert (request.method, request.owner, request.app, request.path) == ("POST", "nobody", "throwaway", "storage/passwords")
    assert request.form == {"name": "n", "password": "p", "output_mode": "json"}


def test_the_client_of_splunks_own_sdk_understands_the_answers(splunkd: Splunkd) -> None:
    client = pytest.importorskip("splunklib.client", reason="no vendored splunklib: run make vendor")
    with splunkd.rest("captain") as rest:
        host, port = rest.uri[len("http://") :].split(":")
        service = client.connect(
            host=host, port=int(port), scheme="http", token=rest.session_key, owner="nobody", app="throwaway"
        )
        assert "shc_captain" in service.info["server_roles"]
        created = service.storage_passwords.create("one", "name", "realm")
        assert (created.name, created.clear_password, created.realm, created.username) == ("realm:name:", "one", "realm", "name")
        service.storage_passwords["realm:name:"].update(password="two")
        assert [password.name for password in service.storage_passwords.list(count=-1)] == ["realm:name:"]
        assert rest.passwords == {("realm", "name"): "two"}
        service.storage_passwords.delete("name", "realm")
        assert rest.passwords == {}
