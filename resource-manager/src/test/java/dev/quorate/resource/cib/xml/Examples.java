package dev.quorate.resource.cib.xml;

/// A document in which everything occurs that is read.
final class Examples {
  static final String EVERYTHING =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <cib epoch="3" have-quorum="1" validate-with="pacemaker-3.9">
        <configuration>
          <crm_config>
            <cluster_property_set id="cib-bootstrap-options">
              <nvpair id="o1" name="no-quorum-policy" value="ignore"/>
              <nvpair id="o2" name="stonith-enabled" value="false"/>
            </cluster_property_set>
            <cluster_property_set id="night" score="INFINITY">
              <rule id="night-rule" boolean-op="or" score="0">
                <date_expression id="d1" operation="date_spec">
                  <date_spec id="d1-fields" hours="22-" weekdays="1-5" months="-6" years="2005"/>
                </date_expression>
                <date_expression id="d2" start="2005-001">
                  <duration id="d2-length" months="1" days="2"/>
                </date_expression>
                <date_expression id="d3" operation="gt" start="2005-W03-1 12:00:00 -05:00"/>
                <date_expression id="d4" operation="lt" end="20050120T120000Z"/>
                <date_expression id="d5" operation="in_range" end="2005-01-20">
                  <duration id-ref="d2-length"/>
                  <date_spec id-ref="d1-fields"/>
                </date_expression>
              </rule>
            </cluster_property_set>
          </crm_config>
          <nodes>
            <node id="1" uname="n1" type="normal" score="10">
              <instance_attributes id="n1-attributes">
                <nvpair id="n1-standby" name="standby" value="off"/>
              </instance_attributes>
              <utilization id="n1-utilization"><nvpair id="n1-cpu" name="cpu" value="4"/></utilization>
            </node>
            <node id="2" uname="n2"/>
          </nodes>
          <resources>
            <template id="t" class="ocf" provider="heartbeat" type="Dummy">
              <operations><op id="t-monitor" name="monitor" interval="P10S" role="Slave"/></operations>
            </template>
            <primitive id="a" template="t" description="first &amp; only">
              <meta_attributes id="a-meta"><nvpair id="a-1" name="priority" value="5"/></meta_attributes>
              <instance_attributes id="a-parameters">
                <rule id="a-rule"><expression id="a-e" attribute="#uname" operation="ne" value="n2"/></rule>
                <nvpair id="a-2" name="text" value="line&#10;two &quot;x&quot; &lt;"/>
                <nvpair id="a-3" name="empty" value=""/>
              </instance_attributes>
              <utilization id="a-utilization"><nvpair id="a-cpu" name="cpu" value="1"/></utilization>
              <operations id="a-operations">
                <op id="a-start" name="start" timeout="20s" on-fail="restart">
                  <meta_attributes id="a-start-meta"><nvpair id="a-s" name="x" value="y"/></meta_attributes>
                </op>
                <op id="a-monitor" name="monitor" interval="1500ms" role="MASTER" enabled="false"/>
                <op id-ref="t-monitor"/>
              </operations>
            </primitive>
            <group id="g" description="both">
              <primitive id="g1" class="systemd" type="x">
                <meta_attributes id-ref="a-meta"/>
                <instance_attributes id="g1-parameters">
                  <nvpair id-ref="a-2"/><nvpair id-ref="a-2" name="other"/>
                </instance_attributes>
                <operations id-ref="a-operations"/>
              </primitive>
              <primitive id="g2" class="lsb" type="y"/>
            </group>
            <clone id="c">
              <meta_attributes id="c-meta"><nvpair id="c-1" name="interleave" value="true"/></meta_attributes>
              <primitive id="ci" class="ocf" provider="heartbeat" type="Dummy"/>
            </clone>
            <master id="m">
              <group id="mg"><primitive id="mi" class="ocf" provider="p" type="Stateful"/></group>
            </master>
            <bundle id="b">
              <podman image="x" replicas="2"/>
              <network><port-mapping id="port" port="80"/></network>
              <primitive id="bi" class="ocf" provider="heartbeat" type="Dummy">
                <operations><op id="bi-monitor" name="monitor" interval="1m"/></operations>
              </primitive>
            </bundle>
            <primitive id="dev" class="stonith" type="fence_x">
              <operations><op id-ref="bi-monitor"/></operations>
            </primitive>
          </resources>
          <constraints>
            <rsc_location id="l1" rsc="a" node="n1" score="INFINITY" resource-discovery="never"/>
            <rsc_location id="l2" rsc-pattern="^(g.)$" role="Master">
              <rule id="l2-rule" score-attribute="pingd" role="Slave" boolean-op="and">
                <expression id="l2-e" attribute="x" operation="gte" type="version" value="1.2"/>
                <rule id="l2-inner" score="-INFINITY" boolean-op="or">
                  <expression id="l2-f" attribute="y" operation="not_defined"/>
                  <expression id="l2-g" attribute="z" operation="eq" value-source="param" value="p"/>
                </rule>
              </rule>
            </rsc_location>
            <rsc_location id="l3"><resource_set id="l3-set" role="Started" score="5">
              <resource_ref id="a"/><resource_ref id="g"/></resource_set>
              <rule id-ref="l2-rule"/>
              <rule id-ref="l2-inner"/>
            </rsc_location>
            <rsc_colocation id="c1" rsc="a" with-rsc="m" with-rsc-role="Promoted" score="-123456789"
                influence="no" node-attribute="rack"/>
            <rsc_colocation id="c2" score="7"><resource_set id="c2-set" sequential="false" ordering="listed">
              <resource_ref id="a"/></resource_set><resource_set id-ref="c2-set"/></rsc_colocation>
            <rsc_order id="o-1" first="a" then="g" kind="optional" symmetrical="false"/>
            <rsc_order id="o-2" first="m" first-action="promote" then="ci:0" then-action="start" score="0"
                require-all="true"/>
            <rsc_order id="o-3" kind="Serialize"><resource_set id="o-3-set" require-all="false"
                action="start" kind="Mandatory"><resource_ref id="tagged"/></resource_set></rsc_order>
            <rsc_ticket id="k1" rsc="a" rsc-role="Master" ticket="T" loss-policy="fence"/>
            <rsc_ticket id="k2" ticket="T"><resource_set id="k2-set"><resource_ref id="a"/></resource_set>
            </rsc_ticket>
          </constraints>
          <rsc_defaults>
            <meta_attributes id="rd">
              <rule id="rd-rule"><rsc_expression id="rd-e" class="ocf" type="Dummy"/></rule>
              <nvpair id="rd-1" name="resource-stickiness" value="100"/>
            </meta_attributes>
          </rsc_defaults>
          <op_defaults>
            <meta_attributes id="od">
              <rule id="od-rule"><op_expression id="od-e" name="monitor" interval="10s"/></rule>
              <nvpair id="od-1" name="timeout" value="90s"/>
            </meta_attributes>
          </op_defaults>
          <fencing-topology>
            <fencing-level id="f1" target="n1" index="1" devices="dev, a"/>
            <fencing-level id="f2" target-attribute="rack" target-value="1" index="2" devices="dev"/>
            <fencing-level id="f3" target-pattern="n.*" index="1" devices="dev"/>
          </fencing-topology>
          <tags><tag id="tagged"><obj_ref id="a"/><obj_ref id="g1"/></tag></tags>
          <alerts>
            <alert id="alert" path="/x"><select><select_nodes/></select><recipient id="alert-r" value="v"/></alert>
          </alerts>
          <acls><acl_role id="reader"><acl_permission id="p" kind="read" xpath="/cib"/></acl_role></acls>
          <future-things a="1">some text<thing/></future-things>
        </configuration>
        <status>
          <node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member">
            <transient_attributes id="1">
              <instance_attributes id="status-1">
                <nvpair id="status-1-x" name="fail-count-a#monitor_0" value="INFINITY"/>
                <nvpair id="status-1-x" name="again" value=""/>
              </instance_attributes>
            </transient_attributes>
            <lrm id="1"><lrm_resources>
              <lrm_resource id="a" class="ocf" provider="heartbeat" type="Dummy">
                <lrm_rsc_op id="a_last_0" operation="start" interval="0" op-status="0" rc-code="0"
                  call-id="5" transition-key="1:2:0:x" op-digest="f2" last-rc-change="1568992203"/>
                <lrm_rsc_op id="a_monitor_1500" operation="monitor" interval="1500" op-status="-1"
                  rc-code="193" call-id="-1" transition-key="1:2:0:x" exit-reason=""/>
              </lrm_resource>
            </lrm_resources></lrm>
          </node_state>
          <node_state id="2" crmd="offline"/>
          <tickets><ticket_state id="T" granted="true" last-granted="1"/></tickets>
        </status>
      </cib>
      """;

  private Examples() {}
}
