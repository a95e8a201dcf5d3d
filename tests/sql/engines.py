"""The engines: each loads tables and answers a statement with a list of rows of texts, numbers and bools."""
import csv
import datetime
import io
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import pyarrow


class NotStorable(Exception):
    """Data that the engine cannot hold."""


class Engine:
    """What all have."""

    @staticmethod
    def is_out_of_range(message):
        """Whether the engine stopped because a float left the range of a double, which is documented."""
        return False

    def close(self):
        pass


class Duckdb(Engine):
    name = "duckdb"

    def open(self, tables):
        import duckdb
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        for table in tables:
            self.connection.register("loaded", table.data)
            self.connection.execute(f'CREATE TABLE "{table.name}" AS SELECT * FROM loaded')
            self.connection.unregister("loaded")

    def ask(self, sql, clock):
        parameters = {"clock": clock} if "$clock" in sql else None
        cursor = self.connection.execute(sql, parameters)
        return [d[0] for d in cursor.description], cursor.fetchall()

    def close(self):
        self.connection.close()

    def stop(self):
        pass


def day_text(days):
    """Also of years that Python's dates hold, 0001 to 9999."""
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=days)).isoformat()


def instant_text(micros):
    days, rest = divmod(micros, 86_400_000_000)
    seconds, rest = divmod(rest, 1_000_000)
    return f"{day_text(days)} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:06}+00"


def postgresql_type(kind):
    if pyarrow.types.is_list(kind):
        return postgresql_type(kind.value_type) + "[]"
    if pyarrow.types.is_decimal(kind):
        return f"numeric(18, {kind.scale})"
    return {"bool": "boolean", "int64": "bigint", "double": "double precision", "string": "text", "date32[day]": "date",
            "timestamp[us, tz=UTC]": "timestamptz"}[str(kind)]


def plain_values(column):
    """Values without Python's own dates: days and microseconds as numbers."""
    kind = column.type
    if pyarrow.types.is_list(kind):
        inner, make = kind.value_type, lambda v: v
        if pyarrow.types.is_date(inner):
            inner, make = pyarrow.int32(), day_text
        elif pyarrow.types.is_timestamp(inner):
            inner, make = pyarrow.int64(), instant_text
        return [None if cell is None else [make(v) for v in cell] for cell in column.cast(pyarrow.list_(inner)).to_pylist()]
    if pyarrow.types.is_date(kind):
        return [None if d is None else day_text(d) for d in column.cast(pyarrow.int32()).to_pylist()]
    if pyarrow.types.is_timestamp(kind):
        return [None if t is None else instant_text(t) for t in column.cast(pyarrow.int64()).to_pylist()]
    return column.to_pylist()


def copy_text(value):
    if value is None:
        return "\\N"
    if isinstance(value, list):
        quoted = ['"' + element_text(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in value]
        value = "{" + ",".join(quoted) + "}"
    return element_text(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def element_text(value):
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(value, repr(value))
    return str(value)


class Postgresql(Engine):
    """A server of its own on a socket in a folder that goes when it stops."""

    name = "postgresql"

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="segue-pg-"))
        self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.prefix = []
        if os.getuid() == 0:  # the server refuses to run as root
            user = next(u for u in ("postgres", "nobody") if self.has_user(u))
            shutil.chown(self.folder, user)
            self.prefix = ["runuser", "-u", user, "--"]
        self.command("initdb", "-D", self.folder / "data", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "segue")
        self.command("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o",
                     f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off -c jit=off -c enable_nestloop=off", "start")

    @staticmethod
    def has_user(name):
        try:
            return pwd.getpwnam(name) is not None
        except KeyError:
            return False

    def command(self, name, *words):
        done = subprocess.run([*self.prefix, str(self.bin / name), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              cwd=self.folder, timeout=120) if name != "pg_ctl" else subprocess.run(
                                  [*self.prefix, str(self.bin / name), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  cwd=self.folder, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{name} failed: {done.stdout}")

    def psql(self, script):
        done = subprocess.run([str(self.bin / "psql"), "-h", str(self.folder), "-U", "segue", "-d", "postgres", "-X", "-q", "--csv", "-v", "ON_ERROR_STOP=1",
                               "-P", "null=\\N", "-f", "-"], input=script, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(next((line for line in done.stderr.splitlines() if "ERROR" in line), done.stderr))
        return done.stdout

    def open(self, tables):
        script = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
        for table in tables:
            names = ['"' + n + '"' for n in table.data.column_names]
            types = [postgresql_type(f.type) for f in table.data.schema]
            script += f'CREATE TABLE "{table.name}" ({", ".join(f"{n} {t}" for n, t in zip(names, types))});\n'
            script += f'COPY "{table.name}" ({", ".join(names)}) FROM STDIN;\n'
            columns = [plain_values(c) for c in table.data.columns]
            for row in zip(*columns):
                script += "\t".join(copy_text(v) for v in row) + "\n"
            script += "\\.\n"
        try:
            self.psql(script + "ANALYZE;\n")
        except RuntimeError as error:
            raise NotStorable(str(error)) from error

    def ask(self, sql, clock):
        script = f"PREPARE asked AS {sql};\nEXECUTE asked('{clock}');\n" if "$1" in sql else sql + ";\n"
        rows = list(csv.reader(io.StringIO(self.psql(script))))
        words = {"\\N": None, "t": True, "f": False}
        return rows[0], [[r[0]] + [words.get(v, v) for v in r[1:]] for r in rows[1:]]

    @staticmethod
    def is_out_of_range(message):
        return "value out of range: overflow" in message or "value out of range: underflow" in message

    def stop(self):
        self.command("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class Spark(Engine):
    name = "spark"

    def __init__(self):
        from pyspark.sql import SparkSession
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="segue-spark-"))
        builder = SparkSession.builder.master("local[1]").appName("segue")
        for key, value in {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "1",
                           "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED", "spark.sql.autoBroadcastJoinThreshold": "-1",
                           "spark.sql.warehouse.dir": str(self.folder / "warehouse"), "spark.log.level": "ERROR",
                           "spark.sql.analyzer.maxIterations": "1000",
                           "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        self.number = 0

    def open(self, tables):
        import pyarrow.parquet
        self.names = []
        for table in tables:
            self.number += 1
            path = self.folder / f"{self.number}.parquet"
            pyarrow.parquet.write_table(table.data, path)
            self.session.read.parquet(str(path)).createOrReplaceTempView(table.name)
            self.names.append(table.name)

    def ask(self, sql, clock):
        frame = self.session.sql(sql, args={"clock": clock}) if ":clock" in sql else self.session.sql(sql)
        return frame.columns, [tuple(row) for row in frame.collect()]

    def close(self):
        for name in self.names:
            self.session.catalog.dropTempView(name)

    def stop(self):
        self.session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


ENGINES = {"duckdb": Duckdb, "postgresql": Postgresql, "spark": Spark}
