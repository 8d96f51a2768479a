"""Prints NAME=CONTENT for every entry of the zip archive given, after checking its checksums."""
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(*(f"{name}={archive.read(name).decode()}" for name in archive.namelist()))
