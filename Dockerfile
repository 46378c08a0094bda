# The server alone: TypeScript runs as it is on Node 24, so there is nothing to build. The Admin port stays on the
# container's loopback: run `node bin/sluice.js` inside, or set SLUICE_ADMIN_ADDRESS where the network is trusted.
FROM node:24-slim
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

COPY proto proto
COPY src src
COPY bin bin
COPY models models
RUN install -d -o node -g node /var/lib/sluice

ENV NODE_ENV=production \
    SLUICE_DATA_DIR=/var/lib/sluice \
    SLUICE_PREDICT_ADDRESS=0.0.0.0:50051 \
    SLUICE_METRICS_ADDRESS=0.0.0.0:9464
USER node
VOLUME /var/lib/sluice
EXPOSE 50051 9464
CMD ["node", "src/main.ts"]
