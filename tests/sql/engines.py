"""The engines: each loads tables and answers a statement with a list of rows of texts, numbers and bools."""


class Duckdb:
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


ENGINES = {"duckdb": Duckdb}
