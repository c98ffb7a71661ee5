# syntax=docker/dockerfile:1
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/m2 \
    mvn -Dmaven.repo.local=/m2 -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true \
      -pl worker-service -am package \
      dependency:copy-dependencies -DincludeScope=runtime -DexcludeGroupIds=io.millrace

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
COPY --from=build /src/*/target/*.jar /opt/millrace/app/

# glibc would give big temporaries back to the system and fault them in again at every step, and asks for
# huge pages reliably in its first arena only.
ENV MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=1073741824 \
    MALLOC_TRIM_THRESHOLD_=1073741824 \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    ENGINE_CACHE_DIR=/opt/millrace/natives \
    HF_HOME=/var/lib/millrace/huggingface \
    MILLRACE_HOME=/var/lib/millrace \
    MILLRACE_HEALTH_HOST=0.0.0.0 \
    MILLRACE_HEALTH_PORT=8081 \
    JDK_JAVA_OPTIONS="-XX:+UseSerialGC -Xmx1g --add-modules=jdk.incubator.vector -XX:+UseTransparentHugePages -XX:PretenureSizeThreshold=1m"
USER 10001:10001
VOLUME /var/lib/millrace
EXPOSE 8081
# The first start fetches the model.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30m --start-interval=2s \
  CMD ["sh", "-c", "curl -fsS -o /dev/null http://127.0.0.1:$MILLRACE_HEALTH_PORT/health/ready"]
ENTRYPOINT ["java", "-cp", "/opt/millrace/app/*:/opt/millrace/lib/*", "io.millrace.worker.WorkerCommand"]
