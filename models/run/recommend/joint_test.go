package recommend

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"verso/models/recommend/cold"
)

// chance is a company in which nobody cares what a title is: customers buy eight of 300
// old titles and one of 40 that are new four months ago, all at random.
func chance(t *testing.T, customers int) *catalogue {
	t.Helper()
	const old, fresh, day = 300, 40, 20_000
	rng := rand.New(rand.NewPCG(5, 6))
	c := &catalogue{day: day, titles: make([]int64, old+fresh), issued: make([]int32, old+fresh), customers: make([]int64, customers), owned: make([][]int32, customers)}
	columns := []cold.Column{{Name: "class"}, {Name: "author"}}
	for i := range c.titles {
		columns[0].Text = append(columns[0].Text, fmt.Sprint("c", rng.IntN(8)))
		columns[1].Text = append(columns[1].Text, fmt.Sprint("a", rng.IntN(40)))
		if i >= old {
			c.issued[i] = day - 2*freshDays
		}
	}
	var err error
	if c.encoded, err = cold.EncodeAlone(columns); err != nil {
		t.Fatal(err)
	}
	add := func(u, item, on int32) {
		c.rows.User, c.rows.Item, c.rows.Day = append(c.rows.User, u), append(c.rows.Item, item), append(c.rows.Day, on)
		c.rows.Copies, c.owned[u] = append(c.rows.Copies, 1), append(c.owned[u], item)
	}
	for u := range int32(customers) {
		for k := range int32(8) {
			add(u, k*(old/8)+rng.Int32N(old/8), day-2*freshDays-1-rng.Int32N(300))
		}
		add(u, old+rng.Int32N(fresh), day-2*freshDays+1+rng.Int32N(freshDays))
	}
	return c
}

// Where attributes tell nothing, more signals are tried and not taken; a small company
// does not try them.
func TestJointSignalsAreTakenWhereTheyTell(t *testing.T) {
	for customers, want := range map[int]string{jointCustomers + 100: "changed what was found by", 100: "too few to weigh more"} {
		c, f := chance(t, customers), &fitted{}
		if bought, titles, users := c.heldFresh(c.day - 2*freshDays); len(titles) != 40 || users != customers || len(bought.Title) != customers {
			t.Fatalf("%d titles are new, %d customers bought %d of them; want 40 titles, one for each of %d customers", len(titles), users, len(bought.Title), customers)
		}
		if err := c.chooseCold(f, 1); err != nil {
			t.Fatal(err)
		}
		if f.joint || !strings.Contains(f.signals.EN, want) || f.signals.ZH == "" {
			t.Errorf("%d customers: joint %v, %s; want none and %q", customers, f.joint, f.signals.EN, want)
		}
	}
}

// By hand: differences .1, .3 and −.1 have the mean .1 and the sum of squares .08.
func TestPaired(t *testing.T) {
	mean, se := paired([]float64{.2, .5, .1}, []float64{.1, .2, .2})
	if math.Abs(mean-.1) > 1e-12 || math.Abs(se-math.Sqrt(.08)/3) > 1e-12 {
		t.Errorf("%v ± %v", mean, se)
	}
}
