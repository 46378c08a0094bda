# The server alone: TypeScript runs as it is on Node 24, so there is nothing to build. The Admin port stays on the
# container's loopback: run `node bin/sluice.js` inside, or set SLUICE_ADMIN_ADDRESS and SLUICE_ADMIN_TOKEN_FILE.
# It writes to the volume alone: `docker run --read-only --tmpfs /tmp` takes the rest away (deploy/README.md).
FROM node:24-slim
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

COPY proto proto
COPY src src
COPY console console
COPY bin bin
COPY models models
RUN install -d -o node -g node /var/lib/sluice

ENV NODE_ENV=production \
    SLUICE_DATA_DIR=/var/lib/sluice \
    SLUICE_PREDICT_ADDRESS=0.0.0.0:50051 \
    SLUICE_METRICS_ADDRESS=0.0.0.0:9464 \
    SLUICE_ADMIN_METRICS_ADDRESS=0.0.0.0:9463
USER node
VOLUME /var/lib/sluice
EXPOSE 50051 9464 9463
CMD ["node", "src/main.ts"]
