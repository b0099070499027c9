package star

import "slices"

// relationSteps are the dealings with customers: campaigns, visits, leads, tickets, and each customer month by month.
//
// Each fact's key columns, the staged table that gives it its grain, and the
// other tables whose change makes its rows due:
//
//	fact_campaign_cost      campaign_id; campaign_cost; campaign (dates, owner)
//	fact_campaign_target    campaign_id, customer_id, contact_id; campaign_target; other targets of the campaign or the
//	                        customer, campaign_response, campaign_cost, campaign, the customer's orders
//	fact_campaign_response  campaign_id, customer_id, contact_id; campaign_response; campaign_target of both
//	fact_activity           activity_id; activity; the customer's orders and tickets
//	fact_message            msg_id; message; as-of date (what is not answered yet)
//	fact_web_session        matched_contact_id (nulls together); web_session; customer_contact; visitors are numbered anew
//	fact_lead               lead_id; lead; the customer's first order
//	fact_opportunity        opp_id; opportunity; opp_stage_hist; as-of date (ages)
//	fact_opportunity_stage  opp_id; opp_stage_hist; opportunity; as-of date (stages not left yet)
//	fact_quote              quote_id; quote; other quotes and the orders of customer and title; fx_rate; as-of date (pending)
//	fact_contract           contract_id; contract; other contracts of the customer; as-of date (running)
//	fact_customer_profile   customer_key; customer_contact, customer_clc_interest; as-of date (who is still there)
//	fact_ticket             ticket_id; ticket; star_ticket (other tickets of the customer, kind, rate), survey_response, order_line;
//	                        as-of date (late); made in part
//	fact_survey             survey_id, customer_id, ticket_id; survey_response; ticket
//	fact_customer_month     customer_key, month; see months.go
//
// Owners of customers, cost rates and the rules of meta.relation_rule are read
// by nearly all of them. Dimensions made of words found in the data
// (dim_activity_kind, dim_ticket_kind, dim_lead_kind, dim_opportunity_kind,
// dim_opportunity_stage, dim_referrer, dim_survey_question, and the kinds of
// campaign costs and responses) number these words in their order, so a new word
// moves the keys behind it; kinds of tickets keep their places (meta.star_key), and
// keys of dim_campaign_arm, dim_message_direction and dim_customer_state never move.
func relationSteps() []step {
	return slices.Concat(campaignSteps(), contactSteps(), monthSteps())
}

func campaignSteps() []step {
	return []step{
		relation("rule", "meta.relation_rule"),
		relation("campaign_kind", "core.dim_campaign_arm"),
		relation("fact_campaign_cost", "core.fact_campaign_cost"),
		relation("aside_campaign_cost", ""),
		relation("campaign_target", "star_target"),
		relation("fact_campaign_target", "core.fact_campaign_target"),
		relation("aside_campaign_target", ""),
		relation("fact_campaign_response", "core.fact_campaign_response"),
		relation("aside_campaign_response", ""),
	}
}

func contactSteps() []step {
	return []step{
		relation("contact_kind", "core.dim_activity_kind"),
		relation("service_kind", "core.dim_ticket_kind"),
		relation("ticket", ""),
		relation("fact_activity", "core.fact_activity"),
		relation("aside_activity", ""),
		relation("fact_message", "core.fact_message"),
		relation("aside_message", ""),
		relation("fact_web_session", "core.fact_web_session"),
		relation("aside_web_session", ""),
		relation("pipeline_kind", "core.dim_opportunity_kind"),
		relation("fact_lead", "core.fact_lead"),
		relation("aside_lead", ""),
		relation("fact_opportunity", "core.fact_opportunity"),
		relation("aside_opportunity", ""),
		relation("fact_opportunity_stage", "core.fact_opportunity_stage"),
		relation("aside_opp_stage_hist", ""),
		relation("fact_quote", "core.fact_quote"),
		relation("aside_quote", ""),
		relation("fact_contract", "core.fact_contract"),
		relation("aside_contract", ""),
		relation("fact_customer_profile", "core.fact_customer_profile"),
		relation("bridge_customer_interest", "core.bridge_customer_interest"),
		{"ticket_moved", "", working{name: "ticket", keys: []string{"ticket_id"}}.compare},
		tickets().step(),
		relation("aside_ticket", ""),
		relation("fact_survey", "core.fact_survey"),
		relation("aside_survey_response", ""),
	}
}

// relation is a step that runs the script of its name.
func relation(name, table string) step { return step{name, table, script("relations/" + name)} }

// tickets are the requests of customers.
func tickets() fact {
	return fact{
		name: "relations/fact_ticket", table: "core.fact_ticket", date: "date_key",
		parts: []part{{driver: "ticket", keys: []string{"ticket_id"}, due: "fact_ticket"}},
		reads: []string{"survey_response"},
		aged:  true,
	}
}
