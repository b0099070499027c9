package recommend

import (
	"context"
	"slices"
	"strings"

	"verso/models/job"
	"verso/olap/engine"
)

// region is a member of the regions with all that it may be called by.
type region struct {
	key   int32
	code  string
	names []string
}

// readTerritories reads where titles must not be sold, and where customers are. A
// territory is the key of a customer's region.
func (c *catalogue) readTerritories(ctx context.Context, j *job.Job) error {
	var regions []region
	err := engine.Rows(ctx, j.Conn, engine.SQL("SELECT geo_key, region_code, name, country, area, area_zh, province, province_zh, prefecture, county FROM core.dim_geo WHERE geo_key > 0 ORDER BY geo_key"), func(r []any) error {
		key, _ := engine.Int(r[0])
		g := region{key: int32(key)}
		for _, v := range r[1:] {
			name := ""
			if v != nil {
				name = strings.ToLower(engine.Text(v))
			}
			g.names = append(g.names, name)
		}
		g.code = g.names[0]
		regions = append(regions, g)
		return nil
	})
	if err != nil {
		return err
	}
	places := map[string][]int32{} // of a cell
	err = j.Each(ctx, "SELECT f.title_key, b.not_sold_in FROM feature.offer_title AS f INNER JOIN temp.main.offer_barred AS b ON b.title_id = f.title_id ORDER BY f.title_key", func(key int64, cell string) {
		keys, known := places[cell]
		if !known {
			var unknown []string
			keys, unknown = within(cell, regions)
			for _, name := range unknown {
				if !slices.Contains(c.nowhere, name) {
					c.nowhere = append(c.nowhere, name)
				}
			}
			places[cell] = keys
		}
		if at, found := slices.BinarySearch(c.titles, key); found {
			if c.barred == nil {
				c.barred = make([][]int32, len(c.titles))
			}
			c.barred[at] = keys
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(c.nowhere)
	f, err := j.Frame(ctx, "SELECT geo_key FROM feature.offer_customer ORDER BY customer_key")
	if err != nil {
		return err
	}
	c.territory = whole(f, "geo_key", -1)
	return nil
}

// within lists the regions that a cell names, ascending, and the names that are of
// none. A name is a region's code or name, or that of a level above it; a code of
// six digits that ends in 00 or 0000 holds all that begin as it does (GB/T 2260).
func within(cell string, regions []region) (keys []int32, unknown []string) {
	for name := range strings.SplitSeq(cell, ";") {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			continue
		}
		found, above := false, ""
		if len(name) == 6 && strings.Trim(name, "0123456789") == "" {
			above = strings.TrimSuffix(strings.TrimSuffix(name, "00"), "00")
		}
		for _, g := range regions {
			if slices.Contains(g.names, name) || above != "" && len(g.code) == 6 && strings.HasPrefix(g.code, above) {
				keys, found = append(keys, g.key), true
			}
		}
		if !found {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), unknown
}
