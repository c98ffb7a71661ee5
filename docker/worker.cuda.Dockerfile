# syntax=docker/dockerfile:1
# The worker on NVIDIA GPUs, with libtorch as PyTorch's own image has it: the version that DJL's glue is made for.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# All libraries but libtorch for CPUs.
RUN --mount=type=cache,target=/m2 \
    mvn -Dmaven.repo.local=/m2 -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true \
      -pl worker-service -am package \
      dependency:copy-dependencies -DincludeScope=runtime -Dmdep.prependGroupId=true \
      -DexcludeArtifactIds=pytorch-native-cpu \
 && mkdir /app \
 && mv worker-service/target/dependency/io.millrace.* worker-service/target/*.jar /app/

FROM eclipse-temurin:17-jre-jammy AS java

FROM pytorch/pytorch:2.7.1-cuda12.8-cudnn9-runtime
COPY --from=java /opt/java/openjdk/ /opt/java/openjdk/
# libtorch finds CUDA's libraries from its own place, so the whole folder of packages gets a name that does not
# depend on Python's version.
RUN groupadd --gid 10001 millrace \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin millrace \
 && install -d -o 10001 -g 10001 /var/lib/millrace \
 && mkdir -p /opt/millrace \
 && ln -s "$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')" /opt/millrace/python \
 && test -f /opt/millrace/python/torch/lib/libtorch.so

# The libraries change seldom: a layer of their own.
COPY --from=build /src/worker-service/target/dependency/ /opt/millrace/lib/
COPY --from=build /app/ /opt/millrace/app/
COPY bin/ /opt/millrace/bin/

# DJL's glue, 4 MB, is unpacked at each start: it cannot be loaded where no driver is, as while an image is built.
ENV JAVA_HOME=/opt/java/openjdk \
    PYTORCH_LIBRARY_PATH=/opt/millrace/python/torch/lib \
    ENGINE_CACHE_DIR=/var/lib/millrace/djl \
    HF_HOME=/var/lib/millrace/huggingface \
    MILLRACE_HOME=/var/lib/millrace \
    MILLRACE_HEALTH_HOST=0.0.0.0 \
    MILLRACE_HEALTH_PORT=8081
USER 10001:10001
VOLUME /var/lib/millrace
EXPOSE 8081
# The first start fetches the model.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30m --start-interval=2s \
  CMD ["sh", "-c", "python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' http://127.0.0.1:$MILLRACE_HEALTH_PORT/health/ready"]
ENTRYPOINT ["/opt/millrace/bin/jvm", "worker", "-cp", "/opt/millrace/app/*:/opt/millrace/lib/*", "io.millrace.worker.WorkerCommand"]
