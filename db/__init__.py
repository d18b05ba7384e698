"""What is remembered: tables, queries, the work queue and its migrations."""
