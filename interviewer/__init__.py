"""A mock interviewer for deep-learning jobs: every score can be traced to the answer's words."""
