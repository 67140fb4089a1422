"""Declare contexts of AWS Partner Central engagements in AWS CDK stacks."""

__version__ = "0.1.0"
