"""The subcommand `drift`: compare deployed stacks with Partner Central.

```text
command.py     the command line
stacks.py      read the resources of stacks from CloudFormation
references.py  values that only a deployment knows
non_ascii.py   texts that CloudFormation does not return completely
comparison.py  compare a declaration with Partner Central, as the Lambda function does
check.py       read every engagement once, and compare all resources
report.py      tables and JSON
policy.py      the IAM policy
```
"""
