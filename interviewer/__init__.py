"""A mock interviewer for deep-learning jobs whose scores can be traced to the words of the answer."""
