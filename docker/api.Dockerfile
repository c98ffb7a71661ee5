# syntax=docker/dockerfile:1
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/m2 \
    mvn -Dmaven.repo.local=/m2 -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true \
      -pl api-service -am package \
      dependency:copy-dependencies -DincludeScope=runtime -Dmdep.prependGroupId=true \
 && mkdir /app \
 && mv api-service/target/dependency/io.millrace.* api-service/target/*.jar /app/

FROM eclipse-temurin:17-jre-noble
RUN groupadd --gid 10001 millrace \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin millrace \
 && install -d -o 10001 -g 10001 /var/lib/millrace

# The libraries change seldom: a layer of their own.
COPY --from=build /src/api-service/target/dependency/ /opt/millrace/lib/
COPY --from=build /app/ /opt/millrace/app/
COPY bin/ /opt/millrace/bin/

ENV MILLRACE_HOST=0.0.0.0 \
    MILLRACE_PORT=8000 \
    MILLRACE_HEAP=60%
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s \
  CMD ["sh", "-c", "curl -fsS -o /dev/null http://127.0.0.1:$MILLRACE_PORT/health/ready"]
ENTRYPOINT ["/opt/millrace/bin/jvm", "api", "-cp", "/opt/millrace/app/*:/opt/millrace/lib/*", "io.millrace.api.ApiCommand"]
