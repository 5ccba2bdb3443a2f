"""The web page and its API. Gradio appears here and in serve.py alone."""
