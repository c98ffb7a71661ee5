# syntax=docker/dockerfile:1
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/m2 \
    mvn -Dmaven.repo.local=/m2 -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true \
      -pl worker-service -am package \
      dependency:copy-dependencies -DincludeScope=runtime -Dmdep.prependGroupId=true \
 && mkdir /app \
 && mv worker-service/target/dependency/io.millrace.* worker-service/target/*.jar /app/

# DJL makes its folders readable to nobody but the user who unpacks.
RUN ENGINE_CACHE_DIR=/natives OPT_OUT_TRACKING=true \
    java -Dai.djl.offline=true -cp 'worker-service/target/dependency/*' docker/UnpackNatives.java \
 && chmod -R a+rX /natives

FROM eclipse-temurin:17-jre-noble
RUN groupadd --gid 10001 millrace \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin millrace \
 && install -d -o 10001 -g 10001 /var/lib/millrace

# The libraries change seldom: layers of their own.
COPY --from=build /natives/ /opt/millrace/natives/
COPY --from=build /src/worker-service/target/dependency/ /opt/millrace/lib/
COPY --from=build /app/ /opt/millrace/app/
COPY bin/ /opt/millrace/bin/

ENV ENGINE_CACHE_DIR=/opt/millrace/natives \
    HF_HOME=/var/lib/millrace/huggingface \
    MILLRACE_HOME=/var/lib/millrace \
    MILLRACE_HEALTH_HOST=0.0.0.0 \
    MILLRACE_HEALTH_PORT=8081
USER 10001:10001
VOLUME /var/lib/millrace
EXPOSE 8081
# The first start fetches the model.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30m --start-interval=2s \
  CMD ["sh", "-c", "curl -fsS -o /dev/null http://127.0.0.1:$MILLRACE_HEALTH_PORT/health/ready"]
ENTRYPOINT ["/opt/millrace/bin/jvm", "worker", "-cp", "/opt/millrace/app/*:/opt/millrace/lib/*", "io.millrace.worker.WorkerCommand"]
