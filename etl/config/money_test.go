package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMoney(t *testing.T) {
	plain := Digest(parseGood(t, good))
	text := strings.Replace(good, "currency: EUR}", "currency: EUR, constant_rates: {year: 2024, USD: 0.92, JPY: 0.0061}, balance_days: 31}", 1) +
		"costs: {minute: 1.5, activities: {visit: 2}, tickets: {complaint: 3}, km: 0.4, return: 0, storage: 0.1, capital: 0.05, people: [' Payroll', 工资]}\n"
	c := parseGood(t, text)
	want := ConstantRates{Year: 2024, Rates: map[string]float64{"USD": 0.92, "JPY": 0.0061}}
	if d := cmp.Diff(want, c.Company.ConstantRates); d != "" || c.Company.BalanceDays != 31 {
		t.Error(d, c.Company.BalanceDays)
	}
	named := map[string]float64{"minute": 1.5, "minute.activity.visit": 2, "minute.ticket.complaint": 3, "km": 0.4, "return": 0, "storage": 0.1, "capital": 0.05}
	if d := cmp.Diff(named, c.Costs.Named()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"payroll", "工资"}, c.Costs.PeopleKinds()); d != "" {
		t.Error(d)
	}
	if none := parseGood(t, good).Costs; none.Named() != nil || none.PeopleKinds() != nil {
		t.Errorf("%+v", none)
	}
	for _, change := range [][2]string{{"0.92", "0.93"}, {"balance_days: 31", "balance_days: 30"}, {"km: 0.4", "km: 0.5"}} {
		if other := strings.Replace(text, change[0], change[1], 1); Digest(parseGood(t, other)) == Digest(c) {
			t.Errorf("%s does not change the digest", change[1])
		}
	}
	if Digest(c) == plain {
		t.Error("costs do not change the digest")
	}
}
