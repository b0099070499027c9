package persistency

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestClock(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	weight := make([]float64, 60)
	for i := range weight {
		weight[i] = float64(rng.IntN(3)) / 2
	}
	c, err := NewClock(100, weight)
	if err != nil {
		t.Fatal(err)
	}
	slow := func(from, to int) (sum float64) {
		for d := from + 1; d <= to; d++ {
			if d < 100 || d >= 160 {
				sum++
			} else {
				sum += weight[d-100]
			}
		}
		return sum
	}
	for range 500 {
		from := 80 + rng.IntN(100)
		to := from + rng.IntN(100)
		near(t, "elapsed", c.Elapsed(from, to), slow(from, to), 1e-9)
		active := float64(rng.IntN(80)) / 2
		after := c.After(from, active)
		if !(slow(from, after) > active) || slow(from, after-1) > active {
			t.Errorf("from %d more than %v active days are over on day %d", from, active, after)
		}
	}
	var calendar *Clock
	if calendar.Elapsed(3, 10) != 7 || calendar.After(3, 7) != 11 {
		t.Error("without a clock, calendar days count")
	}
	if _, err := NewClock(0, []float64{1.5}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// A university that orders every term is silent in July, August and around the
// Spring Festival; by the calendar it would be given up each autumn.
func TestAcademicYearStretchesTheClock(t *testing.T) {
	d := func(s string) int { return day(t, s) }
	clock, err := NewAcademicClock(d("2022-01-01"), d("2025-12-31"), Academic{
		Festivals: []int{d("2022-02-01"), d("2023-01-22"), d("2024-02-10"), d("2025-01-29")}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "July and August", clock.Elapsed(d("2023-06-30"), d("2023-08-31")), 0, 0)
	near(t, "days around the festival", clock.Elapsed(d("2024-01-26"), d("2024-02-24")), 0, 0)
	near(t, "a year", clock.Elapsed(d("2022-12-31"), d("2023-12-31")), 365-62-29, 0)
	days := []int{d("2023-03-10"), d("2023-04-15"), d("2023-05-20"), d("2023-06-20")}
	h := buys(t, days, days)
	rule := StatusOptions{Floor: 60, Clocks: Clocks{1: clock}}
	states, err := Classify(h, []int{0, 1}, d("2023-10-10"), rule)
	if err != nil {
		t.Fatal(err)
	}
	if states[0].Status != Lost || states[1].Status == Lost {
		t.Errorf("%+v", states)
	}
	if got := states[1].LostOn; clock.Elapsed(days[3], got) <= states[1].Limit || clock.Elapsed(days[3], got-1) > states[1].Limit {
		t.Errorf("lost on day %d", got)
	}
}

func TestStatusRule(t *testing.T) {
	every := func(from, to, step int) (days []int) {
		for d := from; d <= to; d += step {
			days = append(days, d)
		}
		return days
	}
	const today = 20000
	for name, c := range map[string]struct {
		days []int
		want Status
	}{
		"monthly":                {every(today-600, today-10, 30), Active},
		"monthly, half a year":   {every(today-600, today-170, 30), Dormant},
		"monthly, long gone":     {every(today-900, today-200, 30), Lost},
		"at the limit":           {every(today-900, today-180, 30), Dormant},
		"yearly, half a year":    {every(today-2000, today-175, 365), Active},
		"yearly, two years":      {every(today-3650, today-730, 365), Dormant},
		"first last week":        {[]int{today - 7}, New},
		"first and second":       {[]int{today - 70, today - 7}, New},
		"back after a year":      {append(every(today-800, today-400, 30), today-20), Reactivated},
		"back long ago":          {append(every(today-1500, today-1000, 30), every(today-500, today-5, 30)...), Active},
		"back, then silent":      {append(every(today-800, today-400, 30), today-95), Dormant},
		"only in the future":     {[]int{today + 3}, Never},
		"future does not count":  {append(every(today-900, today-250, 30), today+1), Lost},
		"nothing":                {nil, Never},
		"lost as one-time buyer": {[]int{today - 400}, Lost},
	} {
		// A second customer gives the type a typical gap of 30 days.
		h := buys(t, c.days, every(today-300, today, 30))
		states, err := Classify(h, nil, today, StatusOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s := states[0]
		if s.Status != c.want {
			t.Errorf("%s: %+v, want %s", name, s, c.want)
		}
		if s.Status != Never && (s.LostOn <= today) != (s.Status == Lost) {
			t.Errorf("%s: %s, but lost on day %d of %d", name, s.Status, s.LostOn, today)
		}
		if (s.Return != 0) != (s.Status == Reactivated) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if _, err := Classify(buys(t, []int{1}), nil, 2, StatusOptions{Dormant: 1}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if words := (StatusOptions{Factor: 4}).Words(); !strings.Contains(words, "180 and 4 times") {
		t.Error(words)
	}
}

func TestReconcile(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	h, err := NewHistory(random(rng, 300, 900), 320)
	if err != nil {
		t.Fatal(err)
	}
	rule := StatusOptions{Floor: 100, Factor: 1}
	before, err := Classify(h, nil, 15300, rule)
	if err != nil {
		t.Fatal(err)
	}
	after, err := Classify(h, nil, 15600, rule)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Reconcile(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if b.Open+b.New+b.Reactivated-b.Lost != b.Close || b.New == 0 || b.Reactivated == 0 || b.Lost == 0 {
		t.Errorf("%+v", b)
	}
	if _, err := Reconcile(before, after[1:]); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}
