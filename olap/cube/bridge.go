package cube

import "strings"

// checkBridges checks that what a bridge is made of are sums, and its
// attributes there.
func (l *loader) checkBridges(c *Cube, bridges []*Bridge, p place) {
	for i, b := range bridges {
		at := p.item("bridges", i)
		sums := [][2]string{{"measure", b.Measure}, {"quantity", b.Quantity}}
		for _, optional := range [][2]string{{"revenue", b.Revenue}, {"foreign", b.Foreign}, {"cost", b.Cost}} {
			if optional[1] != "" {
				sums = append(sums, optional)
			}
		}
		for _, part := range sums {
			m := c.measures[part[1]]
			switch {
			case part[1] == "":
				l.fail(at, "a bridge needs a %s", part[0])
			case m == nil:
				l.fail(at.key(part[0]), "bridge: no measure %q; %s", part[1], Hint(part[1], allMeasureNames(c)))
			case m.Kind != Sum:
				l.fail(at.key(part[0]), "bridge: %s is a %s, not a sum", m.Name, m.Kind)
			}
		}
		if b.Foreign != "" && b.Currency == "" {
			l.fail(at.key("foreign"), "bridge: amounts of several currencies need the attribute that names the currency")
		}
		l.bridgeField(c, at, "item", b.Item, true)
		l.bridgeField(c, at, "group", b.Group, true)
		l.bridgeField(c, at, "currency", b.Currency, false)
	}
}

// checkDrivers checks that the attributes are there.
func (l *loader) checkDrivers(c *Cube, drivers []string, p place) {
	for i, field := range drivers {
		dimension, attribute, _ := strings.Cut(field, ".")
		if u := c.uses[dimension]; u == nil || u.Of.Attribute(attribute) == nil {
			l.fail(p.item("drivers", i), "drivers: no attribute %q; %s", field, Hint(field, c.FieldNames()))
		}
	}
}

func (l *loader) bridgeField(c *Cube, p place, key, field string, needed bool) {
	if field == "" {
		if needed {
			l.fail(p, "a bridge needs an attribute under %s", key)
		}
		return
	}
	dimension, attribute, _ := strings.Cut(field, ".")
	u := c.uses[dimension]
	if u == nil || u.Of.Attribute(attribute) == nil {
		l.fail(p.key(key), "bridge: no attribute %q; %s", field, Hint(field, c.FieldNames()))
	}
}
