"""Searching on PostgreSQL: an index serves what is asked, and where it cannot be had, the operator is told."""

import psycopg

from tests.migrated import manage

SEARCHES = (
    ("contacts_customer", "UPPER(name::text)", "customer_search"),
    ("contacts_customer", "search_text", "customer_search"),
    ("receivables_invoice", "search_text", "invoice_search"),
    ("integrations_syncjob", "UPPER(label::text)", "job_search"),
)


def test_the_index_serves_what_is_asked(postgres_and_redis):
    with postgres_and_redis.ground() as ground, psycopg.connect(ground.database_url) as connection:
        connection.execute(
            "SET enable_seqscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off"
        )
        for table, searched, index in SEARCHES:
            asked = f"EXPLAIN SELECT id FROM {table} WHERE {searched} LIKE UPPER('%cedar%')"
            plan = "\n".join(line for (line,) in connection.execute(asked))
            assert f"Bitmap Index Scan on {index}" in plan


def test_without_the_extension_the_check_says_what_to_do(postgres_and_redis):
    with postgres_and_redis.ground() as ground:
        assert "W003" not in checked(ground.database_url)
        with psycopg.connect(ground.database_url, autocommit=True) as connection:
            connection.execute("DROP EXTENSION pg_trgm CASCADE")
        assert "reads whole tables: beneficiary_search, bill_search" in checked(ground.database_url)


def checked(database_url: str) -> str:
    return " ".join(manage(database_url, "check", "--database", "default").split())
