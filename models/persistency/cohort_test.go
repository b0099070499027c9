package persistency

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Source: computed from the data set with two tools: customers by month of the
// first purchase active k months later, and cohort sizes; revenue 8 911 407.90.
func TestOnlineRetailCohorts(t *testing.T) {
	h, last := retail(t)
	periods, err := Months(day(t, "2010-12-01"), last, 1)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Cohorts(h, periods)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41}, table.Size); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235}, table.Customers[0]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{417, 92, 111, 96, 134, 120, 103, 101, 125, 136, 152, 49}, table.Customers[1]); diff != "" {
		t.Error(diff)
	}
	sum := 0.0
	for _, row := range table.Value {
		for _, v := range row {
			sum += v
		}
	}
	near(t, "revenue", sum, 8_911_407.90, 0.005)
	if table.Complete(0, 12) || !table.Complete(0, 11) {
		t.Error("December 2011 ends on the 9th and must be marked, November must not")
	}
	// Age 11 has two cells, the second in the incomplete month.
	if a := table.Ages[11]; len(table.Ages) != 12 || a.Cohorts != 1 || a.Active != 445 || a.Size != 885 {
		t.Errorf("%d ages, %+v", len(table.Ages), table.Ages[len(table.Ages)-1])
	}
	size, active := 0, 0
	for c := range 11 {
		size, active = size+table.Size[c], active+table.Customers[c][1]
	}
	near(t, "retention at age 1", table.Ages[1].Retention, float64(active)/float64(size), 1e-12)
}

func TestCohortsByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 4))
	p := random(rng, 60, 400)
	h, err := NewHistory(p, 70)
	if err != nil {
		t.Fatal(err)
	}
	periods := Periods{Start: []int{15100, 15150, 15300, 15400}, End: 15500, From: 15000, Seen: 15480}
	table, err := Cohorts(h, periods)
	if err != nil {
		t.Fatal(err)
	}
	first := map[int]int{}
	for i, c := range p.Customer {
		if d, seen := first[c]; p.Amount[i] > 0 && (!seen || p.Day[i] < d) {
			first[c] = p.Day[i]
		}
	}
	type cell struct{ c, k int }
	bought, value := map[cell]map[int]bool{}, map[cell]float64{}
	for i, c := range p.Customer {
		cohort, in := periods.Index(first[c])
		at, in2 := periods.Index(p.Day[i])
		if _, ever := first[c]; !ever || !in || !in2 || at < cohort {
			continue
		}
		k := cell{cohort, at - cohort}
		value[k] += p.Amount[i]
		if p.Amount[i] > 0 {
			if bought[k] == nil {
				bought[k] = map[int]bool{}
			}
			bought[k][c] = true
		}
	}
	total := table.Earlier + table.Later + table.Never
	for c := range table.Size {
		total += table.Size[c]
		for k := range table.Customers[c] {
			if got, want := table.Customers[c][k], len(bought[cell{c, k}]); got != want {
				t.Errorf("cohort %d age %d: %d customers, want %d", c, k, got, want)
			}
			near(t, "value", table.Value[c][k], value[cell{c, k}], 1e-9)
		}
	}
	if total != 70 || table.Earlier == 0 {
		t.Errorf("%d customers placed of 70: %+v", total, table)
	}
	if table.Complete(0, 3) || table.Complete(3, 0) || !table.Complete(0, 2) {
		t.Error("the last period has not been seen in whole")
	}
	if v, ok := table.Retention(0, 0); table.Size[0] > 0 && (!ok || v != 1) {
		t.Errorf("retention at age 0 is %v", v)
	}
	if v, ok := table.ValueRetention(0, 0); table.Value[0][0] > 0 && (!ok || v != 1) {
		t.Errorf("value retention at age 0 is %v", v)
	}
}

func TestMonths(t *testing.T) {
	p, err := Months(day(t, "2023-11-20"), day(t, "2024-04-30"), 3)
	if err != nil {
		t.Fatal(err)
	}
	want := Periods{Start: []int{day(t, "2023-10-01"), day(t, "2024-01-01"), day(t, "2024-04-01")}, End: day(t, "2024-07-01"),
		From: day(t, "2023-11-20"), Seen: day(t, "2024-04-30")}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	if p.Complete(2) || !p.Complete(1) {
		t.Error("the last quarter is not over")
	}
	if _, err := Months(5, 4, 1); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := Months(1, 40, 5); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := Cohorts(buys(t, []int{1}), Periods{Start: []int{3, 3}, End: 9}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}
