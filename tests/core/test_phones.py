import pytest

from tibir.core.phones import international, is_mobile


@pytest.mark.parametrize(
    "number", ["99 00 00 01", "+4799000001", "+46 70 123 45 67", "0047 99000001"]
)
def test_a_mobile_telephone_can_be_texted(number):
    assert is_mobile(number)


@pytest.mark.parametrize("number", ["75 00 00 00", "+4775000000", "12", "", "110", "ring mor"])
def test_a_house_telephone_and_what_is_no_number_cannot(number):
    assert not is_mobile(number)


@pytest.mark.parametrize("number", ["99 00 00 01", "+47 99 00 00 01", "0047 99000001"])
def test_a_number_is_given_to_machines_with_its_country(number):
    assert international(number) == "+4799000001"
