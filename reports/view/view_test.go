package view

import (
	"testing"
	"time"

	"verso/reports/language"
)

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		x        float64
		decimals int
		signed   bool
		want     string
	}{
		{0, 0, false, "0"}, {0, 1, true, "0.0"}, {1234567.891, 2, false, "1,234,567.89"}, {-1234, 0, false, "−1,234"},
		{-0.04, 1, true, "0.0"}, {0.06, 1, true, "+0.1"}, {999.5, 0, false, "1,000"}, {-999999, 0, true, "−999,999"},
	} {
		if got := Figure(language.English(), c.x, c.decimals, c.signed); got != c.want {
			t.Errorf("Figure(%v, %d, %v) = %q, want %q", c.x, c.decimals, c.signed, got, c.want)
		}
	}
}

func TestMoneyInSentences(t *testing.T) {
	en, zh := language.English(), language.Chinese()
	for _, c := range []struct {
		lang     *language.Language
		currency string
		x        float64
		want     string
	}{
		{en, "CNY", 14_220_001, "CNY\u00a014.2\u00a0million"}, {en, "GBP", 8_911_407.9, "GBP\u00a08.91\u00a0million"},
		{en, "CNY", 999_600, "CNY\u00a01.00\u00a0million"}, {en, "CNY", 589_000, "CNY\u00a0589k"}, {en, "CNY", 12, "CNY\u00a012"}, {en, "CNY", 0, "CNY\u00a00"},
		{en, "USD", 2.5e9, "USD\u00a02.50\u00a0billion"},
		{zh, "CNY", 14_220_001, "1,422 万元"}, {zh, "CNY", 2.47e8, "2.47 亿元"}, {zh, "GBP", 53_100, "5.31 万英镑"}, {zh, "CNY", 99, "99 元"}, {zh, "XYZ", 99, "99 XYZ"},
	} {
		if got := Money(c.lang, c.currency, c.x); got != c.want {
			t.Errorf("Money(%s, %s, %v) = %q, want %q", c.lang, c.currency, c.x, got, c.want)
		}
	}
}

func TestMagnitudesOfColumns(t *testing.T) {
	en, zh := language.English(), language.Chinese()
	for _, c := range []struct {
		lang  *language.Language
		x     float64
		table bool
		unit  string
		shown string
	}{
		{en, 14_220_001, false, "CNY m", "14.2"}, {en, 14_220_001, true, "CNY k", "14,220"}, {en, 2.67e6, false, "CNY m", "2.67"},
		{en, 640_000, true, "CNY k", "640.0"}, {en, 900, true, "CNY", "900.00"}, {en, 0, false, "CNY", "0"},
		{zh, 14_220_001, true, "万元", "1,422.0"}, {zh, 14_220_001, false, "万元", "1,422"},
	} {
		pick := MoneyFormat
		if c.table {
			pick = TableFormat
		}
		f, unit := pick(c.lang, "CNY", c.x)
		if got := Show(c.lang, N(c.x), f); unit != c.unit || got != c.shown {
			t.Errorf("%s %v (table %v): %q %q, want %q %q", c.lang, c.x, c.table, got, unit, c.shown, c.unit)
		}
	}
}

func TestAbsenceHasThreeFaces(t *testing.T) {
	en, zh := language.English(), language.Chinese()
	for _, c := range []struct {
		v          Value
		en, zh, to string
	}{{NA(), "n/a", "不适用", "n/a"}, {Value{}, "–", "–", ""}, {I(0), "0", "0", "0"}} {
		if Show(en, c.v, Integer()) != c.en || Show(zh, c.v, Integer()) != c.zh || c.v.ExactText() != c.to {
			t.Errorf("%+v: %q %q %q", c.v, Show(en, c.v, Integer()), Show(zh, c.v, Integer()), c.v.ExactText())
		}
	}
}

func TestArithmeticIsExact(t *testing.T) {
	cents := Value{Kind: Number, Float: 0.1, Exact: "0.1000"}
	sum := I(0)
	for range 10 {
		sum = Sum(sum, cents)
	}
	if sum.ExactText() != "1" {
		t.Errorf("ten times 0.1 is %s", sum.ExactText())
	}
	large := Value{Kind: Number, Float: 99999999999999.9999, Exact: "99999999999999.9999"}
	if got := Sub(large, cents).ExactText(); got != "99999999999999.8999" {
		t.Errorf("got %s", got)
	}
	for name, v := range map[string]Value{"ratio to zero": Ratio(I(1), I(0)), "relative to zero": Relative(I(1), I(0)), "relative to a loss": Relative(I(1), I(-1))} {
		if v.Kind != NotApplicable {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := Sub(I(1), Value{}); v.Kind != NoData {
		t.Errorf("%+v", v)
	}
}

func TestTones(t *testing.T) {
	for _, c := range []struct {
		change float64
		better int
		want   Tone
	}{{1, 1, Good}, {-1, 1, Bad}, {1, -1, Bad}, {-1, -1, Good}, {0, 1, Neutral}, {1, 0, Neutral}} {
		if got := ToneOf(N(c.change), c.better); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestDates(t *testing.T) {
	en, zh := language.English(), language.Chinese()
	d := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for got, want := range map[string]string{
		LongDate(en, d): "5 January 2026", LongDate(zh, d): "2026年1月5日", ShortDate(en, d): "5 Jan 2026", ShortDate(zh, d): "2026-01-05",
		MonthName(en, d): "Jan 2026", MonthName(zh, d): "2026年1月", MonthTick(en, d, false): "Jan\n2026", MonthTick(zh, d.AddDate(0, 1, 0), false): "2月",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
