FROM python:3.11-slim-bookworm
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
 && useradd --system --create-home tomoni && mkdir var && chown tomoni var
COPY . .
USER tomoni
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
VOLUME /app/var
CMD ["gunicorn", "--config", "gunicorn.conf.py", "app:create_app()"]
