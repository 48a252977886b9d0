"""Evaluations (评估项目): one round for one client, and the rule packs that they are judged by."""
