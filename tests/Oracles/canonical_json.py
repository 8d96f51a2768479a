"""A JSON file as Python writes it: python3 canonical_json.py FILE"""
import json
import sys

value = json.load(open(sys.argv[1], encoding="utf-8"))
sys.stdout.reconfigure(encoding="utf-8", newline="")
sys.stdout.write(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
