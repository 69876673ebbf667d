# ai-fix in a container: docker build --tag ai-fix . && docker run --env-file .env --volume ai-fix:/app/.data --publish 3000:3000 ai-fix

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-slim
# git reads the repositories; it never makes a working tree of one.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends git ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir -p /app/.data \
  && chown node:node /app/.data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json app.yml ./
COPY src ./src
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
# The files above belong to root: the process can write its data and nothing else.
USER node
VOLUME /app/.data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/cli.ts", "start"]
