import pytest

from tests.prove.system import running_system

pytest.register_assert_rewrite("tests.prove.year")


@pytest.fixture(scope="module")
def system():
    with running_system() as system:
        yield system
