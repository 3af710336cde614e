"""The installer where something is wrong: exit 0, one line, a lab as it was.

lifecycle-config/README.md lists these tests as the table of faults.
"""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import S3
from expect import assert_fails
from person import Person, small_disk
from studio import CONFIG_FILE, FOLDER, LABEXTENSION, STATE, Studio, sha256, with_version
from studio_lab import started


@pytest.fixture
def unreachable() -> str:
    """An address of which the kernel itself says that there is no route."""
    return "http://255.255.255.255"


@contextmanager
def read_only(path: Path, person: Person) -> Iterator[None]:
    """A folder that its user cannot write to."""
    if person.second:
        path.chmod(0o755)
        shutil.chown(path, 0, 0)
    else:
        path.chmod(0o555)
    yield
    path.chmod(0o755)


# ------------------------------------------------------------------ the wheel


def test_wrong_hash(studio: Studio) -> None:
    studio.variables["SHA256"] = "0" * 64
    assert_fails(studio, "not the pinned one", "Was it replaced or cut off?")
    assert not list(studio.home.rglob("*.whl"))
    with started(studio) as lab:
        assert lab.version() is None


def test_truncated_wheel_in_s3(studio: Studio, s3: S3, wheel: Path, place: Path) -> None:
    half = place / wheel.name
    half.write_bytes(wheel.read_bytes()[:100_000])
    s3.upload(half, f"{FOLDER}/half/{wheel.name}")
    studio.variables["KEY"] = f"{FOLDER}/half/{wheel.name}"
    assert_fails(studio, "not the pinned one", "cut off")


@pytest.mark.parametrize("change", ["altered", "truncated"])
def test_bad_wheel_on_the_volume(studio: Studio, change: str) -> None:
    studio.run()
    studio.reset_container()
    (cached,) = (studio.home / ".cache/sagemaker-governance").rglob("*.whl")
    whole = cached.read_bytes()
    cached.write_bytes(whole[:-1] + b"x" if change == "altered" else whole[:1000])
    result = studio.run()
    assert "was altered, it was downloaded again" in result.log
    assert result.errors() == []
    assert sha256(cached) == studio.variables["SHA256"]
    assert studio.seen()


def test_not_a_wheel(studio: Studio, s3: S3, place: Path) -> None:
    broken = place / "broken-1.0-py3-none-any.whl"
    broken.write_bytes(b"no zip file")
    s3.upload(broken)
    studio.pin(broken)
    assert_fails(studio, "pip could not install")


def test_broken_upgrade(studio: Studio, s3: S3, place: Path) -> None:
    studio.run()
    broken = place / "jupyterlab_sagemaker_governance-9.0-py3-none-any.whl"
    broken.write_bytes(b"no zip file")
    s3.upload(broken)
    studio.pin(broken)
    assert_fails(studio, "pip could not install")
    assert studio.seen() is not None


# ------------------------------------------------------------------------- S3


def test_s3_denied(studio: Studio, s3: S3, wheel: Path) -> None:
    s3.upload(wheel, "private/" + wheel.name)
    studio.variables["KEY"] = "private/" + wheel.name
    assert_fails(studio, "S3 denied", "must allow s3:GetObject", studio.variables["KEY"])


def test_key_denied(studio: Studio, s3: S3, wheel: Path) -> None:
    """SSE-KMS: the role may read the object, and not use its key."""
    key = "arn:aws:kms:eu-west-1:111122223333:key/7a0fbb1c-1111-4d3f-9a4b-000000000001"
    s3.upload(wheel, f"{FOLDER}/kms/{wheel.name}", f"?kms={key}")
    studio.variables["KEY"] = f"{FOLDER}/kms/{wheel.name}"
    assert_fails(studio, "may not be used", "kms:Decrypt")


def test_no_such_wheel(studio: Studio) -> None:
    # A part of a hash may look like a status; S3's answer counts.
    studio.variables["KEY"] = f"{FOLDER}/403/gone-1-py3-none-any.whl"
    assert_fails(studio, "there is no s3://", "gone-1")


def test_no_route(studio: Studio, unreachable: str) -> None:
    studio.s3_env["AWS_ENDPOINT_URL"] = unreachable
    studio.variables["KEY"] = f"{FOLDER}/AccessDenied/404/x-1-py3-none-any.whl"
    assert_fails(studio, "S3 cannot be reached", "gateway endpoint")


def test_refused_connection(studio: Studio) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        studio.s3_env["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert_fails(studio, "S3 cannot be reached", "gateway endpoint")


def test_dns_failure(studio: Studio) -> None:
    studio.s3_env["AWS_ENDPOINT_URL"] = "http://s3.nowhere.invalid"
    assert_fails(studio, "S3 cannot be reached", "gateway endpoint")


def test_hang(studio: Studio, silent_port: int) -> None:
    """The port never answers: that the script comes back is its own doing."""
    studio.s3_env["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{silent_port}"
    studio.env = {"SG_LIMIT": "6"}
    assert_fails(studio, "gave up after 6 s while downloading s3://")


# ------------------------------------------------------------------ the image


def test_old_pip(studio: Studio) -> None:
    """The pip that came with the Python, older than those of Studio's images."""
    (bundled,) = (studio.image.library / "ensurepip/_bundled").glob("pip-*.whl")
    (studio.site / "a.pth").write_text(f"{bundled}\n")
    told = studio.python("-m", "pip", "--version")
    assert bundled.name in told
    assert studio.run().errors() == []
    assert studio.seen()


@pytest.mark.parametrize(
    ("pip", "words"),
    [
        ("raise SystemExit('no such option: --target')", "no such option"),
        ("import no_such_module", "no_such_module"),
    ],
)
def test_pip_that_does_not_work(studio: Studio, pip: str, words: str) -> None:
    folder = studio.site / "pip"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "__main__.py").write_text(pip)
    assert_fails(studio, "pip could not install", words)


def test_pip_that_dies_halfway(studio: Studio) -> None:
    # Stops pip once it has written files, before it is done.
    (studio.site / "sitecustomize.py").write_text(
        "import os, sys\n"
        "opened = []\n"
        "def watch(event, args):\n"
        "    if event == 'open' and 'sagemaker_governance/' in str(args[0]):\n"
        "        opened.append(args[0])\n"
        "        if len(opened) == 20:\n"
        "            os._exit(9)\n"
        "if 'install' in sys.orig_argv:\n"
        "    sys.addaudithook(watch)\n"
    )
    assert_fails(studio, "pip could not install")


def test_package_missing_in_the_image(studio: Studio, s3: S3, wheel: Path, place: Path) -> None:
    """As in an image that is too old: what the wheel needs is told by name."""
    odd = with_version(wheel, "5.0.0", place / "odd", needs="not-in-any-image>=1")
    s3.upload(odd)
    studio.pin(odd)
    assert_fails(studio, "does not load in this image", "not-in-any-image")


def test_read_only_environment(studio: Studio, person: Person) -> None:
    with read_only(studio.site, person):
        assert_fails(studio, "cannot be written by", "let the image give")
    studio.site.chmod(0o755)


def test_read_only_folder_of_jupyter(studio: Studio, person: Person) -> None:
    with read_only(studio.prefix / "etc/jupyter/jupyter_server_config.d", person):
        assert_fails(studio, "jupyter_server_config.d", "cannot be written by")


def test_full_disk(studio: Studio, person: Person) -> None:
    with small_disk(studio.prefix / STATE, person, 200) as small:
        assert_fails(studio, "Free space", run=lambda: studio.run(small))
    with started(studio) as lab:
        assert lab.version() is None


def test_full_disk_while_pip_runs(studio: Studio, person: Person, wheel: Path) -> None:
    size = wheel.stat().st_size // 1024 * 3
    with small_disk(studio.prefix / STATE, person, size) as small:
        assert_fails(studio, "pip could not install", "Free space", run=lambda: studio.run(small))


def test_full_volume(studio: Studio, person: Person) -> None:
    """The user's volume: nothing can be kept, and the lab has the panel all the same."""
    with small_disk(studio.home, person, 64) as small:
        result = studio.run(small)
        assert "could not be kept" in result.log
        assert "is the volume full?" in result.log
        assert not list(studio.home.rglob("*.part"))
    assert result.errors() == []
    assert studio.seen()


def test_no_python(studio: Studio) -> None:
    (studio.prefix / "bin/python").unlink()
    assert_fails(studio, "does not start")


def test_python_that_does_not_start(studio: Studio) -> None:
    (studio.prefix / "bin/python").write_text("#!/bin/sh\necho broken image\nexit 3\n")
    assert_fails(studio, "does not start", "broken image")


def test_no_aws_command(studio: Studio) -> None:
    studio.remove_tool("aws")
    assert_fails(studio, "the command aws is not in this image")


def test_restart_that_hangs(studio: Studio) -> None:
    (studio.bin / "restart-jupyter-server").write_text("#!/bin/sh\nexec sleep 300\n")
    result = studio.run()
    assert (result.code, result.errors()) == (0, [])
    assert "if the panel is missing, restart the app" in result.log
    assert studio.seen() == studio.variables["VERSION"]


def test_nobody_listens(studio: Studio) -> None:
    """The log's reader is gone: no signal of that ends the script with a failure."""
    process = studio.start()
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(100) == 0
    assert studio.seen() == studio.variables["VERSION"]


def test_asked_to_end(studio: Studio, silent_port: int) -> None:
    studio.s3_env["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{silent_port}"
    studio.env = {"SG_LIMIT": "4"}
    process = studio.start()
    step = studio.prefix / STATE / "step"
    while not step.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.terminate()
    log, _ = process.communicate(timeout=100)
    assert process.returncode == 0
    assert "gave up after 4 s" in log


def test_unexpected_end(studio: Studio) -> None:
    """Even what nobody thought of ends with exit 0 and a line."""
    studio.rendered = (Path(__file__).parents[1] / "install.sh").read_text()
    studio.rendered = studio.rendered.replace("\nmain() {\n", "\nmain() {\n  kill -SEGV $$\n")
    result = studio.run()
    assert (result.code, result.restarts, studio.seen()) == (0, 0, None)
    assert len(result.errors()) == 1, result.log
    assert "ended unexpectedly (exit code 139" in result.log


# ------------------------------------------------------- what others put there


@pytest.mark.parametrize(
    "where", [CONFIG_FILE, LABEXTENSION / "package.json", LABEXTENSION.parent / LABEXTENSION.name]
)
def test_another_file_is_there(studio: Studio, where: Path) -> None:
    other = studio.write(studio.prefix / where, '{"version": "7"}')
    result = studio.run()
    assert (result.code, result.restarts) == (0, 0)
    assert "is there already and not of this installer: left as it is" in result.errors()[0]
    assert other.read_text() == '{"version": "7"}'
    assert not (studio.prefix / STATE / "current").exists()


def test_leftovers_of_the_user(studio: Studio, wheel: Path, place: Path) -> None:
    """A copy that the user installed with pip hides ours, so it goes; nothing else does."""
    older = with_version(wheel, "0.0.1", place / "older")
    options = ("--user", "--no-deps", "--no-index", "--break-system-packages", "-q")
    studio.python("-m", "pip", "install", *options, str(older))
    mine = studio.write(studio.home / ".local/share/jupyter/labextensions/mine/notes.txt", "mine")
    assert studio.seen() == "0.0.1"
    result = studio.run()
    assert (result.errors(), result.restarts) == ([], 1)
    assert "which hid this version" in result.log
    assert str(studio.home / ".local" / LABEXTENSION) in result.log
    assert studio.seen() == studio.variables["VERSION"]
    assert mine.exists()
    assert not [path for path in studio.home.rglob("*governance*") if ".cache" not in path.parts]
    with started(studio) as lab:
        assert lab.version() == studio.variables["VERSION"]
    # Once more in a container that has ours already: gone, and the server restarts.
    studio.python("-m", "pip", "install", *options, str(older))
    assert studio.run().restarts == 1
    assert studio.seen() == studio.variables["VERSION"]


def test_leftover_link_is_cut_and_not_followed(studio: Studio) -> None:
    """What `jupyter labextension develop` leaves is a link to somebody's work."""
    work = studio.write(studio.home / "work/package.json", '{"version": "0.0.2"}')
    link = studio.home / ".local" / LABEXTENSION
    link.parent.mkdir(parents=True)
    link.symlink_to(work.parent)
    studio.person.own(studio.home / ".local")
    result = studio.run()
    assert str(link) in result.log
    assert work.exists()
    assert studio.seen() == studio.variables["VERSION"]


def test_leftover_that_cannot_be_removed(studio: Studio, person: Person) -> None:
    stuck = studio.write(studio.home / ".local" / LABEXTENSION / "package.json", '{"version": "0"}')
    with read_only(stuck.parent, person):
        result = studio.run()
    assert result.errors() == []
    assert f"{stuck.parent} hides this version: remove it." in result.log


def test_uninstall_that_cannot_remove_something(studio: Studio, person: Person) -> None:
    studio.run()
    wheel = next((studio.home / ".cache/sagemaker-governance").rglob("*.whl"))
    studio.variables["ACTION"] = "uninstall"
    with read_only(wheel.parent, person):
        result = studio.run()
    assert len(result.errors()) == 1
    assert "could not be removed" in result.errors()[0]
    assert wheel.exists()
    studio.person.own(wheel.parent)
    assert studio.run().errors() == []
    assert not wheel.exists()
