"""The settings of a feed that are about the connection: limits, authentication, proxy, certificates. Rows of `arguments`."""

from __future__ import annotations

from callerintel.feeds.setting_checks import (
    Argument,
    absolute_path,
    credential_name,
    header_or_parameter,
    host_list,
    one_of,
    printable_ascii,
    proxy_url,
    whole_number,
)

AUTHENTICATIONS = ("none", "basic", "bearer", "header", "query", "path", "client_certificate")

CONNECTION_ARGUMENTS: tuple[Argument, ...] = (
    Argument(
        "timeout_seconds",
        "Longest download, in seconds",
        "A download that takes longer, retries included, is given up and the last good list stays.",
        whole_number(1, 3600),
        "300",
        kind="integer",
    ),
    Argument(
        "max_megabytes",
        "Largest list, in megabytes",
        "A list that is larger, before or after decompression, is refused and the last good one stays.",
        whole_number(1, 2000),
        "100",
        kind="integer",
    ),
    Argument(
        "auth",
        "Authentication",
        "How the publisher wants to be shown the secret: none, basic (user and password), bearer (Authorization: Bearer),"
        " header (a header of your choice), query (a parameter of the address), path (in place of {credential} in the"
        " address), client_certificate (certificate and key in PEM form).",
        one_of(AUTHENTICATIONS),
        "none",
    ),
    Argument(
        "auth_name",
        "User, header or parameter",
        "The user name for basic, the header's name for header, the parameter's name for query. For basic it may be empty;"
        " the secret is then user:password.",
        header_or_parameter,
    ),
    Argument(
        "credential",
        "Credential",
        "The name under which the secret is stored in Splunk's credential store, in the realm TA-maliciouscaller; never the"
        " secret itself. Empty: the feed's own name. docs/feeds.md says how to store one.",
        credential_name,
    ),
    Argument(
        "proxy",
        "Proxy",
        "http://host:port or https://host:port of the proxy that leads to the publisher. The environment's proxies are never"
        " used.",
        proxy_url,
    ),
    Argument(
        "proxy_credential",
        "Proxy credential",
        "The name of the stored credential for the proxy, whose secret is user:password; none where the proxy wants none.",
        credential_name,
    ),
    Argument(
        "no_proxy",
        "No proxy for",
        "Hosts, domains (.example.com) and networks that are asked without the proxy, separated by commas; * means all. This"
        " host never needs to be named.",
        host_list,
    ),
    Argument(
        "ca_bundle",
        "CA certificates",
        "The path of a PEM file with the certificate authorities to trust instead of the public ones, for a publisher or a"
        " proxy with a private one. Certificates are always verified.",
        absolute_path,
    ),
    Argument(
        "contact",
        "Contact",
        "A mail address or web page that is sent to the publisher with the User-Agent. Some publishers ask for one.",
        printable_ascii,
    ),
)
