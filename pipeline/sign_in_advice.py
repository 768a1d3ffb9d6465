"""What a refusal means and who can mend it: the provider's words → one sentence, one exit code.

A table of what Microsoft and Google are known to say. Pure.
"""

import re
from dataclasses import dataclass

from pipeline.exits import AWAY, BAD_CONFIG, NOT_ALLOWED


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do, and how the command ends."""

    words: str
    code: int  #: 69 try later, 77 somebody must allow it, 78 config.yaml is wrong


CLOCK = "the clock of this machine is wrong: let it keep time (timedatectl set-ntp true)"
_AGAIN = "run python run.py auth login {name} once more"
_LET_IN = (
    "the token is good, the mailbox does not know the application: New-ServicePrincipal -AppId … "
    "-ObjectId … (the Object ID under Enterprise applications, not App registrations), then "
    "Add-MailboxPermission -Identity {user} -User … -AccessRights FullAccess; it takes up to an "
    "hour to work. Or user {user} is not the mailbox's primary address"
)
#: (what a provider or server says, what to do, exit code); the first that fits counts.
_TABLE: tuple[tuple[str, str, int], ...] = (
    # Microsoft's token endpoint
    (
        r"AADSTS(90002|900023|90013|50059)\b|invalid_tenant",
        "there is no such tenant: `tenant` is the Directory (tenant) ID of the Entra admin centre; "
        "is `authority` that of your cloud?",
        BAD_CONFIG,
    ),
    (
        r"AADSTS700016\b|AADSTS7000112\b",
        "the application is not known or is switched off in this tenant: check `client_id` "
        "(Application ID) and `tenant`",
        BAD_CONFIG,
    ),
    (
        r"AADSTS7000215\b",
        "the client secret is wrong: it must be the secret's Value, not its Secret ID",
        BAD_CONFIG,
    ),
    (
        r"AADSTS7000222\b",
        "the client secret has run out: make a new one (App registrations, Certificates & "
        "secrets), put it into place and set `secret_expires`",
        BAD_CONFIG,
    ),
    (
        r"AADSTS700027\b|AADSTS7000214\b",
        "the certificate is not registered with the application, or another one is: upload the "
        "public part of `certificate_file` (App registrations, Certificates & secrets)",
        BAD_CONFIG,
    ),
    (r"AADSTS700024\b|AADSTS50196\b", CLOCK, BAD_CONFIG),
    (
        r"AADSTS(65001|65004|90094|90008)\b|consent_required",
        "nobody has consented: an administrator clicks `Grant admin consent` under API permissions",
        NOT_ALLOWED,
    ),
    (
        r"AADSTS(70011|1002012|500011|650053|28002)\b|invalid_scope|invalid_resource",
        "the scope is wrong: remove `scope`, or write the resource of your cloud and /.default",
        BAD_CONFIG,
    ),
    (
        r"AADSTS7000218\b",
        "the application takes no device code: set `Allow public client flows` to Yes under "
        "Authentication",
        NOT_ALLOWED,
    ),
    (
        r"AADSTS(50076|50079|50158|53000|53001|53003|530034)\b",
        "a rule of Conditional Access stands in the way: " + _AGAIN + ", or let an administrator "
        "make an exception",
        NOT_ALLOWED,
    ),
    (
        r"AADSTS(700082|700084|70008|70043|50173|50089|54005|50133)\b",
        "the sign-in has run out or was revoked (90 days without use, a new password): " + _AGAIN,
        NOT_ALLOWED,
    ),
    (
        r"AADSTS(50034|50020|90019|51004)\b",
        "this person is not known in the tenant: check `tenant`, then " + _AGAIN,
        BAD_CONFIG,
    ),
    (
        r"AADSTS(50057|50053|50055)\b",
        "the account is locked, switched off or needs a new password: ask an administrator",
        NOT_ALLOWED,
    ),
    (
        r"AADSTS70020\b|expired_token|AADSTS70019\b",
        "nobody entered the code in time: " + _AGAIN,
        NOT_ALLOWED,
    ),
    (r"nobody has signed in yet", "run python run.py auth login {name}", NOT_ALLOWED),
    # Google's
    (
        r"unauthorized_client",
        "domain-wide delegation is missing: admin.google.com, Security, API controls, Domain-wide "
        "delegation; add the service account's client ID (a number) with the scope "
        "https://mail.google.com/",
        NOT_ALLOWED,
    ),
    (
        r"invalid_grant.*(Invalid email|Invalid User|Account not found|[Nn]ot a valid email)",
        "there is no such mailbox in your Google Workspace: check `subject`",
        BAD_CONFIG,
    ),
    (r"invalid_grant.*short-lived|invalid_grant.*(iat|exp)\b", CLOCK, BAD_CONFIG),
    (
        r"invalid_grant.*(JWT Signature|Invalid JWT|Invalid grant: account)",
        "the key of the service account was deleted: make a new one and put it into "
        "`service_account_file`",
        BAD_CONFIG,
    ),
    (
        r"invalid_grant",
        "the sign-in was revoked or has run out (a Google app in status Testing forgets it after "
        "7 days: publish it): " + _AGAIN,
        NOT_ALLOWED,
    ),
    (
        r"access_denied|admin_policy_enforced|org_internal",
        "it was refused: the person said no, or an administrator does not allow the application",
        NOT_ALLOWED,
    ),
    (
        r"invalid_client|deleted_client|disabled_client",
        "check `client_id` and `client_secret`: the provider does not know them",
        BAD_CONFIG,
    ),
    # Mail servers
    (
        r"5\.7\.139|SmtpClientAuthentication",
        "SMTP AUTH is switched off: Set-CASMailbox -Identity {user} "
        "-SmtpClientAuthenticationDisabled $false, and security defaults must not forbid it",
        NOT_ALLOWED,
    ),
    (
        r"5\.7\.60|SendAsDenied|not allowed to send as",
        "the mailbox may not send as this address: Add-RecipientPermission {user} "
        "-AccessRights SendAs -Trustee …",
        NOT_ALLOWED,
    ),
    (
        r"not enabled for IMAP|IMAP.{0,20}disabled|disabled.{0,20}IMAP",
        "IMAP is switched off for this mailbox: Set-CASMailbox -Identity {user} -ImapEnabled $true "
        "(Microsoft), or admin.google.com, Gmail, End user access (Google)",
        NOT_ALLOWED,
    ),
    (
        r"authenticated but not connected",
        "the login is right, the mailbox is not: user {user} has no mailbox, or the signed-in "
        "person may not open it (Add-MailboxPermission), or IMAP is switched off for it",
        NOT_ALLOWED,
    ),
    (
        r"ErrorInvalidUser|ResourceNotFound|MailboxNotEnabled|Request_ResourceNotFound",
        "there is no mailbox {user} in this tenant: check `user`",
        BAD_CONFIG,
    ),
    (
        r"ErrorAccessDenied|Authorization_RequestDenied|HTTP 403",
        "Graph does not let us: grant the application Mail.ReadWrite and Mail.Send with admin "
        "consent; if access is limited to some mailboxes (RBAC for Applications), add {user}",
        NOT_ALLOWED,
    ),
    (
        r"offers no login by token",
        "check host and port: this server knows passwords only",
        BAD_CONFIG,
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|certificate is not trusted",
        "check the host's name, or set `ca_file`",
        BAD_CONFIG,
    ),
    (
        r"PEM|private key|deserializ|certificate_file|can't (read|use) ",
        "the file must be readable for the desk; `certificate_file` is a PEM file with the "
        "certificate and its private key without a password, `service_account_file` Google's JSON",
        BAD_CONFIG,
    ),
)
_AUTH_FAILED = re.compile(
    r"AUTHENTICATIONFAILED|AUTHENTICATE failed|5\.7\.3\b|\b535\b|login by token refused|HTTP 401",
    re.IGNORECASE,
)


def advice(words: str, *, name: str, user: str = "", provider: str = "", refused: bool) -> Advice:
    """Return what to do about an error's `words`; `refused`: somebody said no."""
    for pattern, what, code in _TABLE:
        if re.search(pattern, words):
            return Advice(words=what.format(name=name, user=user), code=code)
    if _AUTH_FAILED.search(words):
        if provider == "microsoft":
            return Advice(words=_LET_IN.format(user=user), code=NOT_ALLOWED)
        what = f"the token is good, the server does not take it for {user}: check `user` and scope"
        return Advice(words=what, code=NOT_ALLOWED)
    if refused:
        return Advice(words="the words above are the provider's", code=NOT_ALLOWED)
    return Advice(words="a service is away: check the network, or try again later", code=AWAY)
