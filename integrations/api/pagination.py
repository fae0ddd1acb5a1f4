from rest_framework.pagination import PageNumberPagination

from ..paging import KeysFirst


class Pages(PageNumberPagination):
    django_paginator_class = KeysFirst
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
