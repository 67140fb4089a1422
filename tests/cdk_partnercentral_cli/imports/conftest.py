"""The function in a process of its own."""

from tests.lambda_handler.process.conftest import certificate, start, unpacked

__all__ = ["certificate", "start", "unpacked"]
