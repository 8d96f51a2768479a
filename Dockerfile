# Two images of Kymo, neither run by root:
#   docker build --target training -t sleep-analysis:training .    everything, LibTorch too: `docker run sleep-analysis:training train ...`
#   docker build -t sleep-analysis .                               serves exported networks on port 8000; knows no LibTorch
# scripts/sleep-stages/train.sh --docker and infer.sh --docker start them with the folders that they need.
ARG DOTNET=mcr.microsoft.com/dotnet/sdk:10.0
ARG SYSTEM=debian:bookworm-slim

FROM ${DOTNET} AS dotnet

FROM ${SYSTEM} AS system
ENV DOTNET_ROOT=/usr/share/dotnet DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 PATH=$PATH:/usr/share/dotnet
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends ca-certificates curl libhdf5-103-1 libsndfile1 libsoxr0 libsqlite3-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home kymo && mkdir /srv/kymo && chown kymo /srv/kymo
WORKDIR /srv/kymo
VOLUME ["/srv/kymo/data", "/srv/kymo/runs", "/srv/kymo/inference"]

# The launcher installs what the native part needs, compiles it, and builds the program.
FROM system AS training
COPY --from=dotnet /usr/share/dotnet /usr/share/dotnet
COPY . /kymo
RUN /kymo/kymo doctor
USER kymo
ENTRYPOINT ["dotnet", "/kymo/artifacts/app/kymo.dll"]
CMD ["--help"]

FROM system AS serving
COPY --from=dotnet /usr/share/dotnet/dotnet /usr/share/dotnet/
COPY --from=dotnet /usr/share/dotnet/host /usr/share/dotnet/host
COPY --from=dotnet /usr/share/dotnet/shared /usr/share/dotnet/shared
COPY --from=training /kymo/artifacts/app /kymo/app
COPY --from=training /kymo/native/onnxruntime/node_modules/onnxruntime-node/bin /kymo/native/onnxruntime/node_modules/onnxruntime-node/bin
USER kymo
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s CMD ["curl", "-fsS", "http://127.0.0.1:8000/readyz"]
ENTRYPOINT ["dotnet", "/kymo/app/kymo.dll"]
CMD ["serve", "--models", "/srv/kymo/inference/production_models", "--urls", "http://0.0.0.0:8000"]
