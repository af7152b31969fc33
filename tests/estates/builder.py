"""An estate: one account and region of AWS, drawn in a few lines, printed as the AWS CLI would print it.

    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", az="a", table="public")
    vpc.subnet("private-a", "10.0.1.0/24", az="a", table="private")
    vpc.internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a", public_ip="52.0.0.1")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("private", {"0.0.0.0/0": "nat-a"})
    estate.function("orders", subnets=["private-a"])
    estate.write(folder)

Ids are words: a NAT gateway drawn as `a` is `nat-a`, and either may be given wherever one is named. A record
is the plain dictionary that will be printed, and may be changed: `estate["nat-a"]["State"] = "failed"`.
Functions and databases are `estate["function:orders"]` and `estate["rds:orders-db"]`.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.estates import (
    brokers,
    capacity_providers,
    cloud_wan,
    containers,
    databases,
    endpoints,
    file_systems,
    guards,
    load_balancers,
    names,
    prefix_lists,
    roles,
    search,
    transit,
    versions,
    workloads,
)
from tests.estates.interfaces import tags
from tests.estates.replies import (
    GLOBAL_SERVICES,
    LISTS,
    Json,
    action_of,
    arguments_of,
    call_of,
    path_of,
)
from tests.estates.route_tables import RouteTable
from tests.estates.rules import Allow, EstateError, Route, allow, points_to
from tests.estates.vpc import Vpc

__all__ = ["Allow", "Estate", "EstateError", "Route", "RouteTable", "Vpc", "allow", "combined"]


class Estate:
    """One account and region; `replies` holds what each call answers, by path (see replies.py)."""

    def __init__(self, account: str = "111122223333", region: str = "eu-west-1", *, list_suffix: str = "") -> None:
        self.account = account
        self.region = region
        self.replies: dict[str, Json] = {call: {key: []} for call, (_, key) in LISTS.items()}
        self.undrawn: set[str] = set()
        self.counted_subnets: set[str] = set()
        self._vpcs: dict[str, Vpc] = {}
        self._records: dict[str, Json] = {}
        self._homes: dict[str, list[Json]] = {}
        self._owners: dict[str, str] = {}
        self._failed: list[Json] = []
        self._narrowed: list[Json] = []
        self._list_suffix = list_suffix
        guards.draw_defaults(self)
        prefix_lists.draw_aws_lists(self, list_suffix)
        self.dhcp_options("default", ["AmazonProvidedDNS"])

    prefix_list = prefix_lists.prefix_list
    block_public_access = guards.block_public_access
    encryption_control = guards.encryption_control
    set_policy = endpoints.set_policy
    private_zone = names.private_zone
    resolver_rule = names.resolver_rule
    dns_firewall = names.dns_firewall
    profile = names.profile
    function = workloads.function
    move_function = workloads.move_function
    detach_function = workloads.detach_function
    publish = versions.publish
    alias = versions.alias
    list_versions = versions.list_versions
    capacity_provider = capacity_providers.capacity_provider
    run_on = capacity_providers.run_on
    managed_instance = capacity_providers.managed_instance
    transit_gateway = transit.transit_gateway
    core_network = cloud_wan.core_network
    role = roles.role
    managed_policy = roles.managed_policy
    rds_instance = workloads.rds_instance
    db_cluster = databases.db_cluster
    db_proxy = databases.db_proxy
    db_proxy_endpoint = databases.db_proxy_endpoint
    cache_cluster = databases.cache_cluster
    replication_group = databases.replication_group
    serverless_cache = databases.serverless_cache
    memorydb_cluster = databases.memorydb_cluster
    dax_cluster = databases.dax_cluster
    redshift_cluster = databases.redshift_cluster
    redshift_workgroup = databases.redshift_workgroup
    msk_cluster = brokers.msk_cluster
    msk_serverless = brokers.msk_serverless
    mq_broker = brokers.mq_broker
    opensearch_domain = search.opensearch_domain
    opensearch_collection = search.opensearch_collection
    opensearch_endpoint = search.opensearch_endpoint
    influxdb = search.influxdb
    influxdb_cluster = search.influxdb_cluster
    efs = file_systems.efs
    s3_files = file_systems.s3_files
    fsx = file_systems.fsx
    fsx_virtual_machine = file_systems.fsx_virtual_machine
    mount = file_systems.mount
    instance = workloads.instance
    load_balancer = load_balancers.load_balancer
    classic_load_balancer = load_balancers.classic_load_balancer
    target_group = load_balancers.target_group
    ecs_service = containers.ecs_service
    ecs_task = containers.ecs_task
    rest_api = containers.rest_api

    # What is drawn, by id

    def note(self, record_id: str, record: Json) -> None:
        """Makes a record known by an id that stands in no list of its own."""
        self._records[record_id] = record

    def __getitem__(self, record_id: str) -> Json:
        if record_id not in self._records:
            raise EstateError(f"nothing called {record_id} is drawn; there is: {', '.join(sorted(self._records))}")
        return self._records[record_id]

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._records

    def named(self, prefix: str, name: str) -> str:
        """The id of a name (`nat-`, `a`), or the id itself where that was given."""
        if name in self._records or name.startswith(prefix):
            return name
        return f"{prefix}{name}"

    def add(self, call: str, record_id: str, record: Json, *, owner: str | None = None) -> Json:
        """Puts a record into a call's answer under an id; removing `owner` later removes it as well."""
        self._put_into(self.reply(call)[LISTS[call][1]], record_id, record, owner)
        return record

    def add_listed(self, call: str, listed: Json, record_id: str, record: Json) -> None:
        """Like `add`, for a record that is printed inside another (an instance in its reservation)."""
        self._put_into(self.reply(call)[LISTS[call][1]], record_id, listed, None)
        self._records[record_id] = record

    def _put_into(self, home: list[Json], record_id: str, record: Json, owner: str | None) -> None:
        if record_id in self._records:
            raise EstateError(f"{record_id} is drawn twice")
        home.append(record)
        self._records[record_id] = record
        self._homes[record_id] = home
        if owner is not None:
            self._owners[record_id] = owner

    def forget(self, record_id: str) -> None:
        """Takes one record out of its answer and nothing else, as if AWS had not told it."""
        record = self[record_id]
        home = self._homes.pop(record_id)
        home[:] = [item for item in home if item is not record and record not in item.get("Instances", [])]
        del self._records[record_id]
        self._owners.pop(record_id, None)

    def remove(self, record_id: str) -> None:
        """Deletes a thing as AWS does: its interfaces go with it and routes to it turn into blackholes.

        The routes of a gateway endpoint go too, and a subnet leaves its route table and its network ACL.
        """
        gateway_endpoint = self[record_id].get("VpcEndpointType") == "Gateway"
        for owned in [owned for owned, owner in self._owners.items() if owner == record_id]:
            self.remove(owned)
        self.forget(record_id)
        for table in self.replies["ec2/describe-route-tables"]["RouteTables"]:
            if gateway_endpoint:
                table["Routes"][:] = [route for route in table["Routes"] if not points_to(route, record_id)]
            for route in table["Routes"]:
                if points_to(route, record_id):
                    route["State"] = "blackhole"
        for call in ("ec2/describe-route-tables", "ec2/describe-network-acls"):
            for holder in self.replies[call][LISTS[call][1]]:
                kept = [a for a in holder["Associations"] if a.get("SubnetId") != record_id]
                holder["Associations"][:] = kept

    # Drawing

    def vpc(
        self,
        name: str,
        cidr: str,
        *,
        ipv6: str | None = None,
        dns_support: bool = True,
        dns_hostnames: bool = True,
        tenancy: str = "default",
        dhcp_options: str = "default",
        is_default: bool = False,
    ) -> Vpc:
        """A VPC with main table `rtb-NAME-main`, `acl-NAME-default` (allows all) and `sg-NAME-default`."""
        self._vpcs[name] = Vpc(
            self,
            name,
            cidr,
            ipv6=ipv6,
            dns_support=dns_support,
            dns_hostnames=dns_hostnames,
            tenancy=tenancy,
            dhcp_options=self.named("dopt-", dhcp_options),
            is_default=is_default,
        )
        return self._vpcs[name]

    def drawn_vpc(self, name: str) -> Vpc:
        """A VPC that is drawn already, to draw more into it."""
        if name.removeprefix("vpc-") not in self._vpcs:
            raise EstateError(f"no VPC {name} is drawn; there is: {', '.join(sorted(self._vpcs))}")
        return self._vpcs[name.removeprefix("vpc-")]

    def route_table(self, name: str) -> RouteTable:
        """A route table that is drawn already, to be changed."""
        table_id = self.named("rtb-", name)
        self[table_id]
        return RouteTable(self, table_id)

    def dhcp_options(self, name: str, servers: Sequence[str], *, domain: str | None = None) -> str:
        """A DHCP options set with these domain name servers (`AmazonProvidedDNS` or addresses)."""
        settings = {
            "domain-name": [domain or f"{self.region}.compute.internal"],
            "domain-name-servers": list(servers),
        }
        record = {
            "DhcpConfigurations": [
                {"Key": key, "Values": [{"Value": value} for value in values]} for key, values in settings.items()
            ],
            "DhcpOptionsId": f"dopt-{name}",
            "OwnerId": self.account,
            "Tags": tags(name),
        }
        self.add("ec2/describe-dhcp-options", f"dopt-{name}", record)
        return f"dopt-{name}"

    # What the snapshot holds of it

    def reply(self, path: str) -> Json:
        """What a call answers, to be changed: `estate.reply("ec2/describe-vpcs")["NextToken"] = "more"`."""
        if path not in self.replies:
            raise EstateError(f"{path} is not among the replies of this estate; put() adds one")
        return self.replies[path]

    def put(self, call: str, reply: Mapping[str, object], *arguments: str) -> None:
        """Adds or replaces the answer of any call, also of one that the builder does not draw."""
        self.replies[path_of(call, *arguments)] = dict(reply)

    def without(self, path: str) -> None:
        """Drops the file of a reply; the path of a call drops the files of all its argument lists."""
        gone = [known for known in self.replies if path in (known, call_of(known))]
        if not gone:
            raise EstateError(f"{path} is not among the replies of this estate")
        for known in gone:
            del self.replies[known]

    def denied(self, path: str, error: str = "UnauthorizedOperation", message: str = "") -> None:
        """Drops the file and records in snapshot.json that AWS refused the call."""
        self.without(path)
        failure = self._note(path) | {"arguments": list(arguments_of(path)), "error": error}
        self._failed.append(failure | ({"message": message} if message else {}))

    def narrowed(self, call: str, vpcs: Iterable[str]) -> None:
        """Records in snapshot.json that a call was sent for some VPCs only; the reply itself stays."""
        self._narrowed.append(self._note(call) | {"vpcs": [self.named("vpc-", vpc) for vpc in vpcs]})

    def _note(self, path: str) -> Json:
        return {"call": action_of(path), "account": self.account, "region": self._folder(path)}

    def _folder(self, path: str) -> str:
        return "global" if path.split("/", maxsplit=1)[0] in GLOBAL_SERVICES else self.region

    def manifest(self) -> Json:
        """The content of snapshot.json."""
        return {
            "schema": "vpcreach.snapshot/1",
            "collected_at": "2026-01-05T09:00:00+00:00",
            "collected_by": "tests",
            "failed": list(self._failed),
            "narrowed": list(self._narrowed),
        }

    def files(self) -> dict[str, bytes]:
        """The snapshot, file by file; snapshot.json only where it has something to say."""
        if self.undrawn:
            raise EstateError(f"named but never drawn: {', '.join(sorted(self.undrawn))}")
        files = {
            f"{self.account}/{self._folder(path)}/{path}.json": _printed(workloads.as_printed(path, reply))
            for path, reply in sorted(self.replies.items())
        }
        if self._failed or self._narrowed:
            files["snapshot.json"] = _printed(self.manifest())
        return files

    def write(self, folder: str | Path) -> Path:
        """Writes the snapshot as a folder and returns it."""
        return write(self.files(), folder)

    def zip(self, path: str | Path) -> Path:
        """Writes the snapshot as a .zip and returns its path."""
        return zipped(self.files(), path)

    def beside(self, *, account: str | None = None, region: str | None = None) -> "Estate":
        """Another account or region; another region's own prefix lists are called `pl-s3-REGION`."""
        region = region or self.region
        suffix = self._list_suffix if region == self.region else f"-{region}"
        return Estate(account or self.account, region, list_suffix=suffix)


def combined(*estates: Estate) -> dict[str, bytes]:
    """One snapshot of several accounts or regions."""
    files: dict[str, bytes] = {}
    notes: dict[str, list[Json]] = {"failed": [], "narrowed": []}
    for estate in estates:
        for path, data in estate.files().items():
            if path != "snapshot.json" and files.setdefault(path, data) != data:
                raise EstateError(f"two of the estates answer {path} differently")
        for key in notes:
            notes[key] += estate.manifest()[key]
    if any(notes.values()):
        files["snapshot.json"] = _printed(estates[0].manifest() | notes)
    return files


def write(files: Mapping[str, bytes], folder: str | Path) -> Path:
    """Writes a snapshot's files below a folder and returns the folder."""
    for path, data in files.items():
        target = Path(folder) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return Path(folder)


def zipped(files: Mapping[str, bytes], path: str | Path) -> Path:
    """Writes a snapshot's files as a .zip and returns its path."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pages:
        for name, data in files.items():
            pages.writestr(name, data)
    Path(path).write_bytes(archive.getvalue())
    return Path(path)


def _printed(reply: Json) -> bytes:
    return (json.dumps(reply, indent=4) + "\n").encode()
