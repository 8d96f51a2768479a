"""Rows from a JSON file as Python's csv module writes them: python3 csv_text.py ROWS.json"""
import csv
import json
import sys

sys.stdout.reconfigure(encoding="utf-8", newline="")
csv.writer(sys.stdout).writerows(json.load(open(sys.argv[1], encoding="utf-8")))
