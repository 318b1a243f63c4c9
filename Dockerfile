# The image of web, worker and beat. compose.yaml says how they belong together.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 RALLY_VAR=/var/rally
WORKDIR /srv/rally
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . ./
RUN useradd --system --home-dir /var/rally --create-home rally
USER rally
VOLUME /var/rally
EXPOSE 8000
CMD ["python", "-m", "rally.up.web"]
