package access

import (
	"fmt"
	"strings"

	"verso/olap/engine"
)

// rowFields are the fields by which rows can be chosen, and the columns that
// hold their values: of the customer (c), its place (g), the channel it buys
// through (h) and its salesperson (e), as they are now.
func rowFields() map[string][]string {
	return map[string][]string{
		"customer.id":       {"c.customer_id"},
		"customer.number":   {"c.customer_no"},
		"customer.type":     {"c.customer_type"},
		"customer.subtype":  {"c.subtype"},
		"customer.status":   {"c.status"},
		"customer.industry": {"c.industry"},
		"customer.city":     {"c.city"},
		"region.area":       {"g.area", "g.area_zh"},
		"region.province":   {"g.province", "g.province_zh"},
		"region.name":       {"g.name"},
		"region.code":       {"g.region_code"},
		"region.country":    {"g.country"},
		"channel.id":        {"h.channel_id"},
		"channel.name":      {"h.name"},
		"channel.kind":      {"h.kind"},
		"salesperson.id":    {"e.employee_id"},
		"salesperson.name":  {"e.name"},
		"salesperson.dept":  {"e.dept"},
		"salesperson.team":  nil, // the salesperson with this number and all below; see condition
	}
}

// canonicalField is the field that a policy means by a shorter name.
func canonicalField(field string) string {
	short := map[string]string{"customer.region": "region.area", "salesperson": "salesperson.id", "owner": "salesperson.id", "team": "salesperson.team",
		"partner": "channel.id", "region": "region.area"}
	if full := short[field]; full != "" {
		return full
	}
	return field
}

// visibleSQL selects the customers that any of the selections shows.
func visibleSQL(alternatives []map[string][]string) engine.Statement {
	var either []string
	var args []any
	for _, where := range alternatives {
		all := []string{"c.customer_key <> -1"}
		for _, field := range sortedKeys(where) {
			text, more := condition(field, where[field])
			all, args = append(all, text), append(args, more...)
		}
		either = append(either, strings.Join(all, " AND "))
	}
	if len(either) == 0 {
		either = []string{"FALSE"}
	}
	return engine.SQL(`CREATE TEMP TABLE visible AS
SELECT DISTINCT c.customer_key, c.customer_id
FROM whole.core.dim_customer AS c
LEFT JOIN whole.core.dim_geo AS g ON g.geo_key = c.geo_key
LEFT JOIN whole.core.dim_channel AS h ON h.channel_key = c.channel_key
LEFT JOIN whole.core.dim_employee AS e ON e.employee_key = c.owner_employee_key
WHERE (`+strings.Join(either, ") OR (")+`)`, args...)
}

// condition is a field being one of some values.
func condition(field string, values []string) (string, []any) {
	if len(values) == 0 {
		return "FALSE", nil
	}
	if field == "salesperson.team" {
		return `c.owner_employee_key IN (WITH RECURSIVE team(k) AS (
	SELECT employee_key FROM whole.core.dim_employee WHERE CAST(employee_id AS VARCHAR) IN (SELECT unnest(CAST(? AS VARCHAR[])))
	UNION SELECT b.employee_key FROM whole.core.dim_employee AS b JOIN team ON b.manager_key = team.k WHERE b.employee_key <> -1)
SELECT k FROM team)`, []any{values}
	}
	var either []string
	var args []any
	for _, column := range rowFields()[field] {
		either = append(either, fmt.Sprintf("CAST(%s AS VARCHAR) IN (SELECT unnest(CAST(? AS VARCHAR[])))", column))
		args = append(args, values)
	}
	return "(" + strings.Join(either, " OR ") + ")", args
}
