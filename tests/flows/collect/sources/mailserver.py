"""Dovecot on this machine, with one mailbox, without the rights of anybody but a user of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from tempfile import mkdtemp

from imap_tools import MailBox

from tests.certificate import free_port, make_certificate
from tests.flows.collect.sources.places import PASSWORD, USER, listens
from tests.waiting import wait_for

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mail_fsync = never
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
auth_failure_delay = 0
"""


@dataclass(frozen=True)
class Mailbox:
    """The mailbox that the server keeps."""

    port: int
    certificate: Path
    #: The processes of the server.
    group: int

    @property
    def said(self) -> dict[str, object]:
        return {
            "loai": "imap",
            "may_chu": "127.0.0.1",
            "cong": self.port,
            "tai_khoan": USER,
            "chung_chi_tep": str(self.certificate),
        }

    @contextmanager
    def opened(self) -> Iterator[MailBox]:
        import ssl  # noqa: PLC0415

        context = ssl.create_default_context(cafile=self.certificate)
        mailbox = MailBox("127.0.0.1", self.port, ssl_context=context)
        with mailbox.login_utf8(USER, PASSWORD) as opened:
            yield opened

    def receive(self, *mails: tuple[EmailMessage, datetime]) -> None:
        """Put mails into the mailbox, each as having arrived then."""
        with self.opened() as mailbox:
            for mail, at in mails:
                mailbox.append(mail.as_bytes(), "INBOX", dt=at)

    def list(self) -> list[tuple[str, tuple[str, ...]]]:
        """Message-ID and flags of all mails."""
        with self.opened() as mailbox:
            return [
                (mail.headers["message-id"][0], mail.flags)
                for mail in mailbox.fetch(mark_seen=False, headers_only=True, bulk=True)
            ]

    def empty(self) -> None:
        with self.opened() as mailbox:
            mailbox.delete(mailbox.uids())


@contextmanager
def serve_mailbox() -> Iterator[Mailbox]:
    """Start the server; it is stopped at the end."""
    assert DOVECOT
    folder, port = Path(mkdtemp(prefix="dovecot-")), free_port()
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    entry = pwd.getpwnam(user)
    folder.chmod(0o755)
    certificate = make_certificate(folder)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    (folder / "mail").mkdir()
    if os.geteuid() == 0:
        for path in (folder / "users", folder / "mail"):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    import grp  # noqa: PLC0415

    group = grp.getgrgid(entry.pw_gid).gr_name
    config = _CONFIG.format(folder=folder, port=port, user=user, group=group)
    (folder / "dovecot.conf").write_text(config, encoding="utf-8")
    server = subprocess.Popen(
        [DOVECOT, "-F", "-c", str(folder / "dovecot.conf")], cwd=folder, start_new_session=True
    )
    try:
        box = Mailbox(port, certificate, server.pid)
        wait_for(lambda: listens(port))
        yield box
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def write_mail(
    sender: str, *files: tuple[str, bytes], subject: str = "Báo cáo", number: object = "", **headers: str
) -> EmailMessage:
    """A mail with attached files."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "xa@example.org", subject
    mail["Message-ID"] = f"<{number or abs(hash((sender, files, subject)))}@example.org>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Kính gửi xã.")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail
