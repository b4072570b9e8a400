"""The YAML document as people write it. Compile-time only: functions never import this package."""
