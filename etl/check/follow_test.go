package check

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"verso/etl/canon"
)

// TestFollowRandomNights changes rows at random and tells of the new ones, and of
// tables that rows have gone from nothing: checks that look at what is new only
// find what a full run finds, which is asked of each run itself.
func TestFollowRandomNights(t *testing.T) {
	followed, found := 0, 0
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := newCarrying(t)
			dice := rand.New(rand.NewPCG(seed, 2))
			// What was an offender before is looked for whole.
			if seed == 3 {
				c.exec("UPDATE stage.order_line SET order_id = 100 WHERE _row < 4")
			}
			c.run(Options{Carry: 3})
			for range 7 {
				c.begin()
				fresh := map[string]string{}
				for _, name := range carryTables {
					decl, _ := canon.Lookup(name)
					fresh[name] = fmt.Sprintf(`SELECT %s FROM stage.%s AS f WHERE false`, decl.Key[0], name)
				}
				for range 1 + dice.IntN(2) {
					name := carryTables[dice.IntN(len(carryTables))]
					decl, _ := canon.Lookup(name)
					row := 1 + dice.IntN(9)
					c.exec("UPDATE meta.stage_change SET mode = 'some' WHERE table_name = '" + name + "'")
					switch dice.IntN(6) {
					case 0: // told of by nothing
						c.exec(fmt.Sprintf("DELETE FROM stage.%s WHERE _row = %d", name, row))
						delete(fresh, name)
						continue
					case 1: // the same key again
						c.exec(fmt.Sprintf("INSERT INTO stage.%[1]s SELECT * FROM stage.%[1]s WHERE _row = %[2]d", name, row))
					case 2: // a key that is new
						c.exec(fmt.Sprintf("INSERT INTO stage.%[1]s SELECT * REPLACE (%[2]s + 50 AS %[2]s, _row + 50 AS _row) FROM stage.%[1]s WHERE _row = %[3]d", name, decl.Key[0], row))
						row += 50
					default:
						for _, col := range decl.Columns {
							if col.References != "" && col.Name != decl.Key[0] && dice.IntN(2) == 0 && (col.Name == "order_id" || col.Name == "title_id") {
								c.exec(fmt.Sprintf("UPDATE stage.%s SET %s = %d WHERE _row = %d", name, col.Name, 1+dice.IntN(30), row))
							}
						}
					}
					if sql, ok := fresh[name]; ok {
						fresh[name] = sql + fmt.Sprintf(" OR f._row = %d", row)
					}
				}
				report := c.run(Options{Carry: 3, New: fresh})
				for _, r := range report.Results {
					if report.memory.followed[r.ID] && r.Carried == "" {
						followed++
						found += int(min(r.Offenders, 1))
					}
				}
			}
		})
	}
	if followed < 20 || found < 3 {
		t.Errorf("%d results were of what is new only, %d of them with offenders", followed, found)
	}
}
