from rest_framework.pagination import PageNumberPagination

from ..paging import KeysFirst


class Pages(PageNumberPagination):
    django_paginator_class = KeysFirst
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_page_message = (
        "There is no page {page_number}. Ask for one from 1 on; “count” tells how many rows there are."
    )
