package sheet

import (
	"testing"

	"verso/etl/demo/calendar"
)

func TestRowsAsText(t *testing.T) {
	tab := spec("t", "a:i b:s c:m d:r e:d f:t g:b h:f i:s")
	days := calendar.NewDayNames(calendar.Date(2025, 1, 1), calendar.Date(2025, 12, 31))
	s := New(&tab, days, false)
	on := calendar.Date(2025, 3, 9)
	s.Int(-7).Str(`a "b", c`).Money(-12_3400).Rate(8_9710_5000).Date(on).Time(on, 3661).Bool(true).Float(.25).Null().End()
	s.Int(1).Str("").Money(50000).Rate(0).Date(calendar.NoDay).Time(calendar.Date(1999, 2, 3), 0).Bool(false).Float(2).Str("书").End()
	want := `-7,"a ""b"", c",-12.34,8.97105,2025-03-09,2025-03-09 01:01:01,true,0.25,` + "\n" +
		"1,,5,0,,1999-02-03 00:00:00,false,2,书\n"
	if got := string(s.Buf); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMulMoney(t *testing.T) {
	for _, c := range []struct{ a, num, den, want int64 }{
		{10, 1, 4, 3}, {-10, 1, 4, -3}, {0, 5, 7, 0}, {9_000_000_000_000, 985_000, 1_000_000, 8_865_000_000_000},
	} {
		if got := MulMoney(c.a, c.num, c.den); got != c.want {
			t.Errorf("%d × %d ÷ %d = %d, want %d", c.a, c.num, c.den, got, c.want)
		}
	}
}
