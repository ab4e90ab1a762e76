#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("TIBIR_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibir.settings")
    execute_from_command_line(sys.argv)
