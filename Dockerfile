# One container: node, page and command. Built with or without BuildKit, for amd64 and arm64:
#
#   docker build -t software-switch .
#
# docs/operations.md, "The container", says how to run it.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs its install script: node-datachannel's binaries come as packages, and Node is in the base image.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY bin bin
COPY config config
COPY engine engine
COPY ui ui
COPY server server
RUN node scripts/build-library.ts && node scripts/bundle-server.ts

# What runs, without what only a developer reads, and compiled: where the command finds no sources it runs what was built.
FROM build AS production
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini
RUN npm prune --omit=dev --ignore-scripts \
 && node scripts/prune-modules.ts node_modules \
 && rm -r config engine server ui \
 && node scripts/compile-ahead.ts /app

FROM node:24-bookworm-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Software Switch" \
      org.opencontainers.image.description="A self-hosted video node: a CDN that admits only so many viewers, and a swarm that takes over when it is full." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=production /usr/bin/tini /usr/bin/tini
COPY --from=production /app/node_modules /app/node_modules
COPY --from=production /app/compiled /app/compiled
COPY --from=build /app/dist /app/dist
COPY bin /app/bin
COPY server/container/health.sh /app/bin/health.sh
COPY package.json /app/package.json
RUN ln -s /app/bin/software-switch.js /usr/local/bin/software-switch \
 && mkdir --mode 1777 /data && chown 1000:1000 /data
# Anybody may write to a new volume, for --user may name anybody.
# SWITCH_CONTAINER makes `serve` honour PUID, PGID and UMASK, and give up root.
# NODE_OPTIONS: what Node keeps for objects that are soon gone grows to 32 MB at most, and not to 128, when thousands of viewers come.
ENV NODE_ENV=production SWITCH_CONTAINER=true SWITCH_DATA_DIR=/data \
    NODE_OPTIONS=--max-semi-space-size=16
VOLUME /data
EXPOSE 8080/tcp 9000/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1s --timeout=45s --start-period=60s --retries=3 CMD ["sh", "/app/bin/health.sh"]
ENTRYPOINT ["/usr/bin/tini", "--", "software-switch"]
CMD ["serve"]
