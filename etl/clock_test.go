package etl

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"verso/etl/config"
)

// A clock that jumps between nights, back to before the first one or years
// ahead, loses nothing: the warehouse is the one that is rebuilt, and in the end
// holds what the source has.
func TestClockJumps(t *testing.T) {
	c := newCompany(t, 23, false)
	c.mustNight(ModeAuto)
	for night, now := range []time.Time{
		c.now.AddDate(0, 0, -1),
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		c.now.AddDate(0, 0, 2),
		c.now.AddDate(30, 0, 0),
		c.now.AddDate(0, 0, 3),
	} {
		c.change()
		c.now = now
		c.mustNight(ModeAuto)
		c.balanced()
		current := c.keepCurrent()
		c.sameAsRebuilt(fmt.Sprintf("night %d, at %s", night+1, now.Format(time.DateOnly)))
		current()
	}
	c.shows(`SELECT count(DISTINCT customer_id), max(city) FROM stage.customer WHERE source = 'erp'`, c.rowsOf(`SELECT count(*), max(city) FROM customers`)...)
}

// A first night under a clock that stands in 1970 sees every change as one of the
// future; the next night has it right.
func TestClockOfTheFirstNight(t *testing.T) {
	c := newCompany(t, 29, false)
	c.now = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	c.mustNight(ModeAuto)
	c.change()
	c.now = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	c.mustNight(ModeAuto)
	c.balanced()
	c.shows(`SELECT count(DISTINCT customer_id), max(city) FROM stage.customer WHERE source = 'erp'`, c.rowsOf(`SELECT count(*), max(city) FROM customers`)...)
	c.sameAsRebuilt("second night")
}

// A night as of a day before the last one takes nothing out of the history: a
// change it finds begins where the last known version began, at the earliest.
func TestAsOfGoesBack(t *testing.T) {
	n := newNights(t)
	n.orders()
	customers := func(rows string) { n.file("customers", "customer_id,name,status\n"+rows) }
	n.mapping("customer", config.Map{From: "customers", Columns: identity("customer_id", "name", "status")})
	for day, rows := range []string{"7,Seven,active\n", "7,Seven,dormant\n", "7,Seven,lost\n"} {
		n.cfg.AsOf = fmt.Sprintf("2024-06-%02d", 10*day+1)
		customers(rows)
		n.mustNight(ModeAuto)
	}
	n.cfg.AsOf = "2024-06-05"
	n.mustNight(ModeAuto)
	n.sameAsRebuilt("a night as of an earlier day")
	const versions = `SELECT status, CAST("_from" AS VARCHAR) FROM stage.customer_version ORDER BY "_from" NULLS FIRST`
	n.shows(versions, "active|", "dormant|2024-06-11", "lost|2024-06-21")
	customers("7,Seven,prospect\n8,Eight,active\n")
	n.mustNight(ModeAuto)
	n.shows(`SELECT customer_id, status, CAST("_from" AS VARCHAR) FROM stage.customer_version ORDER BY "_from" NULLS FIRST, 1`,
		"7|active|", "8|active|2024-06-05", "7|dormant|2024-06-11", "7|prospect|2024-06-21")
	n.sameAsRebuilt("a change found as of an earlier day")
}

// Nights on yesterday's data, for a source read by increments and one read
// whole, followed by a good night: each time the warehouse is the one that is
// rebuilt, and in the end nothing of the outage is left.
func TestOutageBetweenIncrements(t *testing.T) {
	c := newCompany(t, 31, false)
	lenient := func() {
		for _, name := range []string{"daily", "club"} {
			s := c.cfg.Sources[name]
			s.OnFailure = config.OnFailureYesterday
			c.cfg.Sources[name] = s
		}
	}
	lenient()
	c.mustNight(ModeAuto)
	good := c.content()
	daily, club := filepath.Join(c.dir, "daily"), c.cfg.Sources["club"].Path
	for _, outage := range [][]string{{daily}, {daily, club}} {
		for night := range 2 {
			c.change()
			lenient()
			for _, path := range outage {
				if err := os.Rename(path, path+".away"); err != nil {
					t.Fatal(err)
				}
			}
			result := c.mustNight(ModeAuto)
			if len(result.Run.Stale) != len(outage) {
				t.Fatalf("stale: %+v, want %v", result.Run.Stale, outage)
			}
			c.balanced()
			current := c.keepCurrent()
			c.withoutStale(fmt.Sprintf("night %d without %v", night+1, outage))
			current()
			for _, path := range outage {
				if err := os.Rename(path+".away", path); err != nil {
					t.Fatal(err)
				}
			}
		}
		c.change()
		lenient()
		if result := c.mustNight(ModeAuto); len(result.Run.Stale) != 0 {
			t.Fatalf("still stale: %+v", result.Run.Stale)
		}
		c.balanced()
		current := c.keepCurrent()
		c.sameAsRebuilt(fmt.Sprintf("the good night after %v", outage))
		current()
	}
	if after := c.content(); len(after) != len(good) {
		t.Errorf("%d tables, %d before the outages", len(after), len(good))
	}
}

// withoutStale compares with a rebuild, which knows nothing of outages.
func (c *company) withoutStale(what string) {
	c.t.Helper()
	ofTheRun = append(ofTheRun, "meta.stale_source")
	defer func() { ofTheRun = ofTheRun[:len(ofTheRun)-1] }()
	c.sameAsRebuilt(what)
}
