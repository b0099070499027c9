package preset

import (
	"fmt"

	"verso/etl/config"
)

// northwind maps the PostgreSQL sample. Its one template is the mapping.
func northwind(in Inputs) ([]byte, Report, error) {
	if in.DSN == "" {
		in.DSN = "${NORTHWIND_DSN}"
	}
	if config.HasPassword(in.DSN) {
		return nil, Report{}, fmt.Errorf("the connection string holds a password, which a configuration must not: " +
			"put the string into an environment variable and give its name, such as --dsn '${NORTHWIND_DSN}'")
	}
	if in.Company == "" {
		in.Company = "Northwind Traders"
	}
	if in.Currency == "" {
		in.Currency = "USD"
	}
	if in.Source == "" {
		in.Source = "northwind"
	}
	text, err := fill("northwind.yaml.tmpl", in)
	return text, Report{Tables: []string{
		"customer", "customer_contact", "title", "title_subject", "order_header", "order_line",
		"order_line_stage_event", "supplier", "employee", "geo",
	}}, err
}
